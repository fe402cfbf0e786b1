using Microsoft.Extensions.Logging;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Cluster;

/// <summary>Keeps a ConfigMap with the trusted roots in every namespace, where whoever wants to verify the mesh finds it. The leader's work.</summary>
internal sealed partial class TrustBundlePublisher(KubernetesClient client, Func<string> rootsPem, TimeProvider time, ILogger<TrustBundlePublisher> log)
{
    /// <summary>The ConfigMap's name.</summary>
    public const string Name = "nodemesh-ca-root-cert";

    /// <summary>The key of the roots, PEM.</summary>
    public const string Key = "root-cert.pem";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <summary>Publishes until it is cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        using var changed = new SemaphoreSlim(1, 1);
        await using var namespaces = new SharedInformer<V1Namespace>(client.Resources(KubernetesKinds.Namespaces));
        var select = new ListOptions { FieldSelector = $"metadata.name={Name}" };
        await using var maps = new SharedInformer<V1ConfigMap>(client.Resources(KubernetesKinds.ConfigMaps), new InformerOptions<V1ConfigMap> { Select = select });
        await using var first = namespaces.Subscribe((_, _) => Ring(changed));
        await using var second = maps.Subscribe((_, _) => Ring(changed));
        namespaces.Start();
        maps.Start();
        await namespaces.WaitForSyncAsync(ct);
        await maps.WaitForSyncAsync(ct);
        while (true)
        {
            var failed = false;
            foreach (var ns in namespaces.Store.List().Where(n => n.Metadata.DeletionTimestamp is null))
            {
                failed |= !await PublishAsync(ns.Metadata.Name!, maps.Store, ct);
            }

            // The roots change without anybody's event: a minute is nothing beside the hours for which old and new are trusted together.
            var wait = failed ? RetryAfter : LookAgain;
            using var timer = new CancellationTokenSource(wait, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Time to look again.
            }
        }
    }

    private static ValueTask Ring(SemaphoreSlim bell)
    {
        try
        {
            if (bell.CurrentCount == 0)
            {
                bell.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Two rang at once; one is enough.
        }

        return ValueTask.CompletedTask;
    }

    private async Task<bool> PublishAsync(string ns, ResourceStore<V1ConfigMap> present, CancellationToken ct)
    {
        var roots = rootsPem();
        if (present.Get(ns, Name)?.Data?.GetValueOrDefault(Key) == roots)
        {
            return true;
        }

        try
        {
            var map = new V1ConfigMap
            {
                Metadata = new V1ObjectMeta { Name = Name, Labels = new() { ["app.kubernetes.io/managed-by"] = "nodemesh-control" } },
                Data = new() { [Key] = roots },
            };
            await client.Resources(KubernetesKinds.ConfigMaps).InNamespace(ns).ApplyAsync(map, new WriteOptions { FieldManager = "nodemesh-control", Force = true }, ct);
            return true;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            // A namespace that is being removed takes nothing new, and is gone from the list in a moment.
            LogFailed(log, ns, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the trust bundle could not be written to namespace {Namespace}, and will be tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string @namespace, string reason);
}
