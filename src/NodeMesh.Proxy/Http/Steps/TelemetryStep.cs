using Microsoft.AspNetCore.Http;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>The outermost step: gives the request its id and trace, and tells the observers when it is over.</summary>
/// <param name="observers">Who is told.</param>
/// <param name="time">The clock.</param>
internal sealed class TelemetryStep(IReadOnlyList<IRequestObserver> observers, TimeProvider time) : IRequestStep
{
    private const string RequestId = "x-request-id";
    private const string ForwardedProto = "x-forwarded-proto";
    private const string B3 = "b3";
    private const string B3TraceId = "x-b3-traceid";

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

    private static void Mark(MeshRequest request, IHeaderDictionary headers)
    {
        var record = request.Record;
        if (headers[RequestId] is [{ Length: > 0 } id, ..])
        {
            record.RequestId = id;
        }
        else
        {
            record.RequestId = Guid.NewGuid().ToString();
            headers[RequestId] = record.RequestId;
        }

        if (headers[ForwardedProto].Count == 0)
        {
            headers[ForwardedProto] = request.Scheme;
        }

        record.TraceId = TraceOf(headers);
        if (record.TraceId is null)
        {
            record.TraceId = TraceParent.NewTraceId();
            headers.TraceParent = TraceParent.Format(record.TraceId);
        }
    }

    /// <summary>The trace that the client is in, by W3C's or B3's headers. They are passed on as they are: no span of ours stands between.</summary>
    private static string? TraceOf(IHeaderDictionary headers)
    {
        if (headers.TraceParent.Count > 0)
        {
            return TraceParent.Parse(headers.TraceParent[0]) ?? "";
        }

        if (headers[B3TraceId] is [{ } id, ..])
        {
            return id;
        }

        return headers[B3] is [{ } single, ..] ? single.Split('-')[0] : null;
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

        foreach (var observer in observers)
        {
            observer.Completed(record);
        }
    }
}
