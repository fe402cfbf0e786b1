using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Kubernetes.Http;

/// <summary>What is tried again, and when.</summary>
internal static class RetryPolicy
{
    /// <summary>As many as client-go: a server that sends everybody away ten times is not helped by an eleventh.</summary>
    public const int MaxAttempts = 10;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The server's wish, for 429 (also of priority and fairness) and for 5xx that carry it. The request was not begun then, so any verb may be repeated.
    /// </summary>
    public static TimeSpan? After(HttpResponseMessage response, TimeProvider clock)
    {
        var asked = response.Headers.RetryAfter;
        var wish = asked?.Delta ?? (asked?.Date is { } date ? date - clock.GetUtcNow() : null);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            wish ??= TimeSpan.FromSeconds(1);
        }
        else if ((int)response.StatusCode < 500)
        {
            return null;
        }

        // Up to a tenth more: those who were sent away together shall not come back together.
        return wish is not { } delay ? null : Clamp(delay) * (1 + (Random.Shared.NextDouble() / 10));
    }

    /// <summary>Whether a connection broke in a way that leaves a read free to be repeated.</summary>
    public static bool IsBroken(HttpRequestException error) =>
        error.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError
        || error.InnerException is IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } };

    private static TimeSpan Clamp(TimeSpan delay) => delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestWait ? LongestWait : delay;
}
