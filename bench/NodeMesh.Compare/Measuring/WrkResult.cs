namespace NodeMesh.Compare.Measuring;

/// <summary>What wrk counted.</summary>
/// <param name="PerSecond">Requests per second.</param>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Errors">Connections or requests that failed.</param>
internal sealed record WrkResult(double PerSecond, double Requests, double Errors);
