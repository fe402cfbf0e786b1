using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>Writes the head of the request that an endpoint gets.</summary>
internal static class Http1RequestWriter
{
    private const string AttemptCount = "x-envoy-attempt-count";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> ForbiddenInValue = SearchValues.Create("\0\r\n");
    private static readonly SearchValues<char> ForbiddenInTarget = SearchValues.Create("\0\r\n\t ");

    /// <summary>Writes the head.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="terms">What the endpoint is told of the try.</param>
    /// <returns>True when the body is sent in chunks.</returns>
    /// <exception cref="Http1ForbiddenException">It cannot be written.</exception>
    public static bool Write(IBufferWriter<byte> output, MeshRequest request, TryTerms terms)
    {
        var (number, limit) = terms;
        var isGrpc = request.Record.IsGrpc;
        var headers = request.Http.Request.Headers;
        WriteLine(output, request);
        WriteHeader(output, "Host", request.Authority);
        var connection = headers.Connection;
        foreach (var (name, values) in headers)
        {
            if (HopByHop.IsDropped(name, connection) || IsReplaced(name, limit, isGrpc))
            {
                continue;
            }

            foreach (var value in values)
            {
                WriteHeader(output, name, value ?? "");
            }
        }

        if (request.TakesTrailers)
        {
            // gRPC servers ask for it, and in HTTP/1.1 it is for the next hop alone (RFC 9110 section 10.1.4).
            WriteHeader(output, "TE", "trailers");
            WriteHeader(output, "Connection", "TE");
        }

        WriteNumber(output, AttemptCount, number);
        if (limit > TimeSpan.Zero)
        {
            WriteNumber(output, RequestDeadline.ExpectedTimeoutName, (long)limit.TotalMilliseconds);
            if (isGrpc)
            {
                WriteHeader(output, GrpcTimeout.Name, GrpcTimeout.Format(limit));
            }
        }

        var isChunked = WriteFraming(output, request);
        output.Write("\r\n"u8);
        return isChunked;
    }

    private static void WriteLine(IBufferWriter<byte> output, MeshRequest request)
    {
        var (method, target) = (request.Method, request.Target);
        if (method.Length == 0 || method.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new Http1ForbiddenException("method");
        }

        if (target.Length == 0 || target.AsSpan().ContainsAny(ForbiddenInTarget))
        {
            throw new Http1ForbiddenException("path");
        }

        var span = output.GetSpan(method.Length + target.Length + 16);
        var length = Encoding.ASCII.GetBytes(method, span);
        span[length++] = (byte)' ';
        length += Encoding.Latin1.GetBytes(target, span[length..]);
        " HTTP/1.1\r\n"u8.CopyTo(span[length..]);
        output.Advance(length + " HTTP/1.1\r\n"u8.Length);
    }

    /// <summary>The length of the body, or that it comes in chunks (RFC 9112 section 6).</summary>
    private static bool WriteFraming(IBufferWriter<byte> output, MeshRequest request)
    {
        var length = request.Http.Request.ContentLength;
        if (request.Body is not null)
        {
            if (length is not { } known)
            {
                output.Write("Transfer-Encoding: chunked\r\n"u8);
                return true;
            }

            WriteNumber(output, "Content-Length", known);
        }
        else if (length == 0 || HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method) || HttpMethods.IsPatch(request.Method))
        {
            // RFC 9110 section 8.6: a server may want to hear it where the method usually has a body.
            output.Write("Content-Length: 0\r\n"u8);
        }

        return false;
    }

    private static bool IsReplaced(string name, TimeSpan limit, bool isGrpc) => name.Length switch
    {
        4 => name.Equals("Host", StringComparison.OrdinalIgnoreCase),
        12 => isGrpc && limit > TimeSpan.Zero && name.Equals(GrpcTimeout.Name, StringComparison.OrdinalIgnoreCase),
        _ => name.Equals(AttemptCount, StringComparison.OrdinalIgnoreCase)
            || (limit > TimeSpan.Zero && name.Equals(RequestDeadline.ExpectedTimeoutName, StringComparison.OrdinalIgnoreCase)),
    };

    /// <summary>Writes a header, or a trailer.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="Http1ForbiddenException">It cannot be written.</exception>
    public static void WriteHeader(IBufferWriter<byte> output, string name, string value)
    {
        if (value.AsSpan().ContainsAny(ForbiddenInValue) || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new Http1ForbiddenException("header");
        }

        var span = output.GetSpan(name.Length + value.Length + 4);
        var length = Encoding.ASCII.GetBytes(name, span);
        span[length++] = (byte)':';
        span[length++] = (byte)' ';
        length += Encoding.Latin1.GetBytes(value, span[length..]);
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        output.Advance(length);
    }

    private static void WriteNumber(IBufferWriter<byte> output, string name, long value)
    {
        var span = output.GetSpan(name.Length + 24);
        var length = Encoding.ASCII.GetBytes(name, span);
        span[length++] = (byte)':';
        span[length++] = (byte)' ';
        value.TryFormat(span[length..], out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        output.Advance(length);
    }
}
