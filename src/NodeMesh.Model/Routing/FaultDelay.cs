namespace NodeMesh.Model.Routing;

/// <summary>A delay before a request is sent on.</summary>
/// <param name="Duration">How long.</param>
/// <param name="Percent">Of how many of a hundred requests.</param>
public sealed record FaultDelay(TimeSpan Duration, double Percent);
