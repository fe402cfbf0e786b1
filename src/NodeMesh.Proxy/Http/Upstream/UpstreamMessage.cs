using System.Globalization;
using Microsoft.Extensions.Primitives;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>Makes of a client's request the one that an endpoint gets.</summary>
internal static class UpstreamMessage
{
    private const string WebSocketKey = "Sec-WebSocket-Key";
    private const string AttemptCount = "x-envoy-attempt-count";

    // "Disable canonicalization": dots, escapes and letters stay as the client wrote them.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Makes the request.</summary>
    /// <param name="request">The client's.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="body">Its body; null for none.</param>
    /// <param name="length">The body's length; null when it is not known.</param>
    /// <returns>The request.</returns>
    public static HttpRequestMessage Create(MeshRequest request, UpstreamTarget target, IBodySource? body, long? length)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), new Uri(target.Prefix + (request.Target == "*" ? AsteriskForm.Path : request.Target), AsWritten))
        {
            Version = target.Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        message.Options.Set(PodUpstreams.Target, target);
        message.Options.Set(PodUpstreams.Source, request.Client.Record.Source);
        if (body is not null)
        {
            message.Content = new ForwardedContent(body, length);
        }
        else if (!IsIdempotent(request.Method))
        {
            // The HTTP client sends a request without content once more where the connection ends before an answer: only these may be done twice.
            message.Content = new ForwardedContent(null, 0);
        }

        CopyHeaders(request, message);
        return message;
    }

    /// <summary>Tells the endpoint which try this is, and how long its answer is waited for.</summary>
    /// <param name="message">The request.</param>
    /// <param name="terms">What it is told.</param>
    /// <param name="isGrpc">True for gRPC, which has a header of its own.</param>
    public static void Announce(HttpRequestMessage message, TryTerms terms, bool isGrpc)
    {
        Set(message, AttemptCount, terms.Number.ToString(CultureInfo.InvariantCulture));
        if (terms.Left > TimeSpan.Zero)
        {
            Set(message, RequestDeadline.ExpectedTimeoutName, ((long)terms.Left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
            if (isGrpc)
            {
                Set(message, GrpcTimeout.Name, GrpcTimeout.Format(terms.Left));
            }
        }
    }

    /// <summary>Says whether a method may be done twice (RFC 9110 section 9.2.2).</summary>
    /// <param name="method">The method.</param>
    /// <returns>True when it may.</returns>
    public static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    private static void Set(HttpRequestMessage message, string name, string value)
    {
        message.Headers.Remove(name);
        message.Headers.TryAddWithoutValidation(name, value);
    }

    private static void CopyHeaders(MeshRequest request, HttpRequestMessage message)
    {
        var headers = request.Http.Request.Headers;
        var connection = headers.Connection;
        message.Headers.TryAddWithoutValidation("Host", request.Authority);
        foreach (var (name, values) in headers)
        {
            if (!HopByHop.IsDropped(name, connection) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                Add(message, name, values);
            }
        }

        if (request.ConnectProtocol is { } protocol)
        {
            // RFC 8441 section 5: the same handshake in HTTP/1.1 has a key, which nobody looks at here.
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            message.Headers.TryAddWithoutValidation("Upgrade", protocol);
            message.Headers.Remove(WebSocketKey);
            message.Headers.TryAddWithoutValidation(WebSocketKey, Convert.ToBase64String(Guid.NewGuid().ToByteArray()));
        }
        else if (request.IsUpgrade)
        {
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            Add(message, "Upgrade", headers.Upgrade);
        }
        else if (request.TakesTrailers)
        {
            // The one value of TE that HTTP/2 knows (RFC 9113 section 8.2.2); gRPC servers ask for it. In HTTP/1.1 it is for the next hop alone.
            message.Headers.TryAddWithoutValidation("TE", "trailers");
            if (message.Version == System.Net.HttpVersion.Version11)
            {
                message.Headers.TryAddWithoutValidation("Connection", "TE");
            }
        }
    }

    private static void Add(HttpRequestMessage message, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values[0]))
            {
                (message.Content ??= new ForwardedContent(null, 0)).Headers.TryAddWithoutValidation(name, values[0]);
            }
        }
        else if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            (message.Content ??= new ForwardedContent(null, 0)).Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }
}
