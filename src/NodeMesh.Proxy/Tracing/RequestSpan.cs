using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tracing;

/// <summary>The span of one request; only requests that are traced have one.</summary>
/// <param name="source">Where spans begin.</param>
/// <param name="activity">The span.</param>
/// <param name="policy">What Telemetries say of the client; null for nothing.</param>
internal sealed class RequestSpan(ActivitySource source, Activity activity, TracingPolicy? policy)
{
    /// <summary>Sets the tags of Telemetries, from the headers as the client sent them.</summary>
    /// <param name="headers">The headers.</param>
    public void TakeTags(IHeaderDictionary headers)
    {
        foreach (var tag in policy?.Tags ?? [])
        {
            var value = tag.Header.Length > 0 && headers[tag.Header] is { Count: > 0 } found ? found.ToString() : tag.Value;
            if (value.Length > 0)
            {
                activity.SetTag(tag.Name, value);
            }
        }
    }

    /// <summary>Notes a try of a request that was tried several times: a span of its own.</summary>
    /// <param name="record">The request so far, with the try's endpoint.</param>
    /// <param name="began">When the try began.</param>
    /// <param name="ended">When it ended.</param>
    /// <param name="failure">Why it failed; null when it was answered.</param>
    public void NoteTry(RequestRecord record, DateTimeOffset began, DateTimeOffset ended, string? failure)
    {
        var attempt = source.StartActivity(activity.DisplayName, ActivityKind.Client, activity.Context, startTime: began);
        Activity.Current = null;
        if (attempt is not null)
        {
            SpanAttributes.WriteTry(attempt, record, failure);
            attempt.SetEndTime(ended.UtcDateTime);
            attempt.Stop();
        }
    }

    /// <summary>Ends the span.</summary>
    /// <param name="request">The request; over.</param>
    public void End(MeshRequest request)
    {
        SpanAttributes.Write(activity, request);
        if (policy is not { HasIstioTags: false })
        {
            SpanAttributes.WriteIstio(activity, request);
        }

        activity.SetEndTime((request.Record.Started + request.Record.Duration).UtcDateTime);
        activity.Stop();
    }
}
