using System.Net;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Grpc;

/// <summary>What a server's handler knows of the call.</summary>
public sealed class GrpcServerContext
{
    internal GrpcServerContext(HttpContext http, string method, TimeSpan? deadline)
    {
        HttpContext = http;
        Method = method;
        Deadline = deadline;
    }

    /// <summary>The HTTP request under the call: connection, TLS, items that middlewares left.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The path, <c>/package.Service/Method</c>.</summary>
    public string Method { get; }

    /// <summary>How long the caller waits, from the call's start; null: for ever.</summary>
    public TimeSpan? Deadline { get; }

    /// <summary>Who calls, as far as TCP says.</summary>
    public IPEndPoint? RemoteEndPoint =>
        HttpContext.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, HttpContext.Connection.RemotePort) : null;

    /// <summary>One header of the call.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>The value (several joined with commas); null when it is missing.</returns>
    public string? GetMetadata(string name) => HttpContext.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
