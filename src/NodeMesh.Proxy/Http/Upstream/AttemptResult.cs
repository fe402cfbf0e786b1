using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>What became of one try of a request.</summary>
/// <param name="Response">The response, with its headers; null when there is none.</param>
/// <param name="Outcome">The same for retries and outlier detection.</param>
/// <param name="Flag">What to note in the log where this is the end.</param>
/// <param name="Details">The same in Envoy's words.</param>
/// <param name="Error">One line of detail for a failure; null for none.</param>
/// <param name="IsFinal">True when another try would fail as well: policy refuses, or the client is gone.</param>
internal readonly record struct AttemptResult(UpstreamResponse? Response, AttemptOutcome Outcome, ResponseFlag Flag, string Details, string? Error, bool IsFinal)
{
    /// <summary>A response.</summary>
    /// <param name="response">The response.</param>
    /// <returns>The result.</returns>
    public static AttemptResult Answered(UpstreamResponse response) => new(response, response.Outcome, ResponseFlag.None, "via_upstream", null, false);

    /// <summary>A failure that another try may mend.</summary>
    /// <param name="failure">What failed.</param>
    /// <param name="flag">What to note.</param>
    /// <param name="details">In Envoy's words.</param>
    /// <param name="error">One line of detail.</param>
    /// <param name="isFinal">True when no other try would do better.</param>
    /// <returns>The result.</returns>
    public static AttemptResult Failed(AttemptFailure failure, ResponseFlag flag, string details, string? error, bool isFinal = false) =>
        new(null, AttemptOutcome.Failed(failure), flag, details, error, isFinal);

    /// <summary>The client is gone, or the time of the whole request is up.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The result.</returns>
    public static AttemptResult Interrupted(MeshRequest request) => request.FindCancelCause() == CancelCause.ClientGone
        ? Failed(AttemptFailure.Reset, ResponseFlag.DownstreamConnectionTermination, "downstream_remote_disconnect", null, isFinal: true)
        : Failed(AttemptFailure.Timeout, ResponseFlag.UpstreamRequestTimeout, "response_timeout", null, isFinal: true);

    /// <summary>A limit of requests was reached.</summary>
    /// <returns>The result.</returns>
    public static AttemptResult Overflowed() =>
        Failed(AttemptFailure.Overflow, ResponseFlag.UpstreamOverflow, "upstream_reset_before_response_started{overflow}", "too many requests");

    /// <summary>No endpoint may be taken.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The result.</returns>
    public static AttemptResult NoEndpoint(NamespacedName service) =>
        Failed(AttemptFailure.Overflow, ResponseFlag.NoHealthyUpstream, "no_healthy_upstream", $"no endpoint of service {service} can be used", isFinal: true);
}
