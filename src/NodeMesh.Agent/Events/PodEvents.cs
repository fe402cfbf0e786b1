using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Agent.Events;

/// <summary>Writes Events of pods, as <c>kubectl describe pod</c> shows them. The same words about the same pod come once in a while only.</summary>
/// <param name="client">The API server.</param>
/// <param name="node">The node.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class PodEvents(KubernetesClient client, string node, TimeProvider time, ILogger<PodEvents> log) : IPodEvents
{
    private const string Component = "nodemesh-agent";

    /// <summary>An API server that is away must not fill the memory.</summary>
    private const int QueueLimit = 256;

    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly KubernetesKind Kind = new("", "v1", "Event", "events", true);

    private readonly Channel<PodEvent> _queue = Channel.CreateBounded<PodEvent>(new BoundedChannelOptions(QueueLimit) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Dictionary<(string Uid, string Reason, string Message), DateTimeOffset> _told = [];

    /// <inheritdoc/>
    public void Tell(string ns, string name, string uid, bool isWarning, string reason, string message) =>
        _queue.Writer.TryWrite(new PodEvent(ns, name, uid, isWarning, reason, message));

    /// <summary>Writes what is told, until told to stop.</summary>
    /// <param name="ct">Stops.</param>
    /// <returns>When it has stopped.</returns>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var item in _queue.Reader.ReadAllAsync(ct))
        {
            var now = time.GetUtcNow();
            foreach (var old in _told.Where(t => now - t.Value > Quiet).Select(t => t.Key).ToList())
            {
                _told.Remove(old);
            }

            if (_told.TryAdd((item.Uid, item.Reason, item.Message), now))
            {
                await WriteAsync(item, now, ct);
            }
        }
    }

    private async Task WriteAsync(PodEvent item, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await client.Resources(Kind).InNamespace(item.Namespace).CreateAsync(ToObject(item, now), null, ct);
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            LogNotWritten(item.Namespace, item.Name, item.Message, e.Message);
        }
    }

    private KubernetesObject ToObject(PodEvent item, DateTimeOffset now)
    {
        var at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return new KubernetesObject
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new V1ObjectMeta { Namespace = item.Namespace, Name = $"{item.Name}.{Guid.NewGuid():N}"[..Math.Min(253, item.Name.Length + 17)] },
            ["involvedObject"] = Json(new Dictionary<string, string> { ["apiVersion"] = "v1", ["kind"] = "Pod", ["namespace"] = item.Namespace, ["name"] = item.Name, ["uid"] = item.Uid }),
            ["reason"] = Json(item.Reason),
            ["message"] = Json(item.Message),
            ["type"] = Json(item.IsWarning ? "Warning" : "Normal"),
            ["source"] = Json(new Dictionary<string, string> { ["component"] = Component, ["host"] = node }),
            ["firstTimestamp"] = Json(at),
            ["lastTimestamp"] = Json(at),
            ["count"] = System.Text.Json.JsonSerializer.SerializeToElement(1),
        };
    }

    private static System.Text.Json.JsonElement Json<T>(T value) => System.Text.Json.JsonSerializer.SerializeToElement(value);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the event of pod {Namespace}/{Name} could not be written ({Reason}): {Text}")]
    private partial void LogNotWritten(string @namespace, string name, string text, string reason);

    private sealed record PodEvent(string Namespace, string Name, string Uid, bool IsWarning, string Reason, string Message);
}
