using Microsoft.AspNetCore.Http;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>A request that waits with its body until the endpoint asks for it (RFC 9110 section 10.1.1).</summary>
internal sealed class Http1Expectation
{
    /// <summary>A server need not ask; the base library's client waits as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Whoever reads the answer does not also send the body.
    private readonly TaskCompletionSource<bool> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Finds out whether a request waits.</summary>
    /// <param name="headers">Its headers.</param>
    /// <returns>What it waits for; null when it does not.</returns>
    public static Http1Expectation? Of(IHeaderDictionary headers) =>
        headers.Expect is [var value] && string.Equals(value, "100-continue", StringComparison.OrdinalIgnoreCase) ? new Http1Expectation() : null;

    /// <summary>Says what the endpoint did; the first time counts.</summary>
    /// <param name="isAsked">True when it asked for the body, false when it answered without it or is gone.</param>
    public void Answer(bool isAsked) => _asked.TrySetResult(isAsked);

    /// <summary>Waits until the body may be sent.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the endpoint has asked for it, or has let the time pass.</returns>
    /// <exception cref="OperationCanceledException">The endpoint does not want it.</exception>
    public async Task WaitAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var isAsked = true;
        try
        {
            isAsked = await _asked.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It says nothing: it may know only older versions of HTTP.
        }

        if (!isAsked)
        {
            throw new OperationCanceledException("the endpoint answered without the body");
        }
    }
}
