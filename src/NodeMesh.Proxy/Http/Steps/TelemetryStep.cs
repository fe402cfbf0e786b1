using Microsoft.AspNetCore.Http;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>The outermost step: gives the request its id and trace, and tells the observers when it is over.</summary>
/// <param name="observers">Who is told.</param>
/// <param name="tracer">Begins spans; null where nothing is traced, and no header of a trace is touched.</param>
/// <param name="time">The clock.</param>
internal sealed class TelemetryStep(IReadOnlyList<IRequestObserver> observers, RequestTracer? tracer, TimeProvider time) : IRequestStep
{
    private const string RequestId = "x-request-id";
    private const string ForwardedProto = "x-forwarded-proto";

    /// <inheritdoc/>
    public async Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        Mark(request, request.Http.Request.Headers);
        try
        {
            await next(request);
        }
        finally
        {
            Finish(request);
        }
    }

    private void Mark(MeshRequest request, IHeaderDictionary headers)
    {
        var record = request.Record;
        if (headers[RequestId] is [{ Length: > 0 } id, ..])
        {
            record.RequestId = id;
        }
        else
        {
            record.RequestId = NewRequestId();
            headers[RequestId] = record.RequestId;
        }

        if (headers[ForwardedProto].Count == 0)
        {
            headers[ForwardedProto] = request.Scheme;
        }

        var caller = TraceContextReader.Read(headers);
        record.TraceId = tracer is not null ? tracer.Begin(request, caller) : caller.TraceId != 0 ? caller.FormatTraceId() : null;
    }

    /// <summary>As of RFC 9562 section 5.4, but without a system call for each: it is a name, and no secret.</summary>
    private static string NewRequestId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private void Finish(MeshRequest request)
    {
        var record = request.Record;
        record.Duration = time.GetElapsedTime(request.Started);
        record.BytesReceived = (request.Body?.Received ?? 0) + record.UpgradedReceived;
        record.RequestMessages = request.Body?.Messages ?? 0;
        if (request.Cancelled == CancelCause.ClientGone && (record.Flags & ResponseFlag.DownstreamConnectionTermination) == 0 && record.Status == 0)
        {
            record.Flags |= ResponseFlag.DownstreamConnectionTermination;
            record.Details = "downstream_remote_disconnect";
        }

        request.Span?.End(request);
        foreach (var observer in observers)
        {
            observer.Completed(record);
        }
    }
}
