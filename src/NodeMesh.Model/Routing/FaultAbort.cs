namespace NodeMesh.Model.Routing;

/// <summary>An answer in a backend's place; one of the two statuses is set.</summary>
/// <param name="HttpStatus">The HTTP status.</param>
/// <param name="GrpcStatus">The gRPC status, sent with HTTP 200.</param>
/// <param name="Percent">To how many of a hundred requests.</param>
public sealed record FaultAbort(int? HttpStatus, int? GrpcStatus, double Percent);
