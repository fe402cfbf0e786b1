namespace NodeMesh.Model.Resilience;

/// <summary>What became of one try of a request, as far as retries and outlier detection care.</summary>
/// <param name="Failure">Why there was no answer; <see cref="AttemptFailure.None"/> when there was one.</param>
/// <param name="Status">The answer's status; 0 without an answer.</param>
/// <param name="GrpcStatus">The <c>grpc-status</c> in the answer's head; -1 without one.</param>
/// <param name="RateLimited">True when the answer says that it came of a rate limit (<c>x-envoy-ratelimited</c>).</param>
public readonly record struct AttemptOutcome(AttemptFailure Failure, int Status, int GrpcStatus = -1, bool RateLimited = false)
{
    /// <summary>An answer.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="grpcStatus">Its gRPC status; -1 without one.</param>
    /// <param name="rateLimited">True when it came of a rate limit.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Answered(int status, int grpcStatus = -1, bool rateLimited = false) => new(AttemptFailure.None, status, grpcStatus, rateLimited);

    /// <summary>No answer.</summary>
    /// <param name="failure">Why.</param>
    /// <returns>The outcome.</returns>
    public static AttemptOutcome Failed(AttemptFailure failure) => new(failure, 0);

    /// <summary>The status that outlier detection sees: gRPC's codes count as the HTTP statuses that they stand for, and a failure as the status that a gateway would answer.</summary>
    public int EffectiveStatus => Failure switch
    {
        AttemptFailure.None => GrpcStatus > 0 ? HttpStatusOf(GrpcStatus) : Status,
        AttemptFailure.Timeout => 504,
        _ => 503,
    };

    /// <summary>True when the fault showed on this side of the connection: no connection, a reset, no answer in time.</summary>
    public bool IsLocalOrigin => Failure is not (AttemptFailure.None or AttemptFailure.Overflow);

    // google.rpc.Code's table of HTTP statuses.
    private static int HttpStatusOf(int grpcStatus) => grpcStatus switch
    {
        1 => 499,
        3 or 9 or 11 => 400,
        4 => 504,
        5 => 404,
        6 or 10 => 409,
        7 => 403,
        8 => 429,
        12 => 501,
        14 => 503,
        16 => 401,
        _ => 500,
    };
}
