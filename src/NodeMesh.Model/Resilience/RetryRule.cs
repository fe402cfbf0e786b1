using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Resilience;

/// <summary>Says whether the outcome of a try is one that a policy wants tried again.</summary>
public static class RetryRule
{
    private const RetryConditions AnyFailure = RetryConditions.ServerError | RetryConditions.GatewayError | RetryConditions.Reset;

    /// <summary>Decides.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="outcome">What became of the try.</param>
    /// <returns>True when another try is wanted.</returns>
    public static bool Wants(RetryPolicy policy, in AttemptOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var conditions = policy.Conditions;
        return outcome.Failure switch
        {
            AttemptFailure.None => WantsAnswer(policy, outcome),
            AttemptFailure.Overflow => false,
            AttemptFailure.Connect => Has(conditions, RetryConditions.ConnectFailure | AnyFailure),
            AttemptFailure.ResetBeforeRequest => Has(conditions, RetryConditions.ResetBeforeRequest | AnyFailure),
            AttemptFailure.RefusedStream => Has(conditions, RetryConditions.RefusedStream | AnyFailure),

            // A try that took too long counts as one without an answer.
            _ => Has(conditions, AnyFailure),
        };
    }

    private static bool WantsAnswer(RetryPolicy policy, in AttemptOutcome outcome)
    {
        var conditions = policy.Conditions;
        if (outcome.RateLimited)
        {
            // Said on purpose by a server that wants less: only who asks for it by name comes again.
            return Has(conditions, RetryConditions.RateLimited);
        }

        var status = outcome.Status;
        return (status >= 500 && Has(conditions, RetryConditions.ServerError))
            || (status is 502 or 503 or 504 && Has(conditions, RetryConditions.GatewayError))
            || (status == 409 && Has(conditions, RetryConditions.Retriable4xx))
            || policy.Codes.AsSpan().Contains(status)
            || Has(conditions, OfGrpc(outcome.GrpcStatus));
    }

    private static RetryConditions OfGrpc(int status) => status switch
    {
        1 => RetryConditions.Cancelled,
        4 => RetryConditions.DeadlineExceeded,
        8 => RetryConditions.ResourceExhausted,
        13 => RetryConditions.Internal,
        14 => RetryConditions.Unavailable,
        _ => RetryConditions.None,
    };

    private static bool Has(RetryConditions conditions, RetryConditions any) => (conditions & any) != 0;
}
