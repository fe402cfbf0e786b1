using System.Text.Json;
using NodeMesh.Charts;
using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Install;

/// <summary>
/// Installs the definitions of the policy kinds that the cluster does not have. Those that somebody else has installed (Istio, the Gateway API's own release)
/// stay as they are: their kinds are served all the same.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class DefinitionInstaller(KubernetesClient client, TimeProvider time)
{
    private const string Rules = "x-kubernetes-validations";

    /// <summary>The first Kubernetes whose definitions may have CEL rules: older ones refuse to apply what they do not know.</summary>
    private static readonly ClusterVersion FirstWithRules = new(1, 23);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private readonly ResourceClient<KubernetesObject> _definitions = client.Resources((KubernetesKind)KubernetesKinds.CustomResourceDefinitions);

    /// <summary>Installs or renews them, and waits until they are served.</summary>
    /// <param name="wanted">The definitions.</param>
    /// <param name="version">The cluster's version.</param>
    /// <param name="dryRun">Changes nothing.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many are ours, and how many of others were kept.</returns>
    public async Task<(int Applied, int Kept)> InstallAsync(IReadOnlyList<RenderedObject> wanted, VersionInfo version, bool dryRun, CancellationToken ct)
    {
        var present = (await _definitions.ListAllAsync(null, ct)).Items.ToDictionary(d => d.Metadata.Name!, StringComparer.Ordinal);
        var ours = wanted.Where(w => !present.TryGetValue(w.Name, out var there) || Ownership.IsOurs(there.Metadata)).ToList();
        var knowsRules = ClusterVersion.Of(version) >= FirstWithRules;
        await Parallel.ForEachAsync(ours, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct }, async (definition, token) =>
        {
            var value = KubernetesObject.Parse(ManifestWriter.ToJson(knowsRules ? definition.Tree : WithoutRules(definition.Tree)));
            value.Metadata.Labels ??= [];
            value.Metadata.Labels[Ownership.PartOf] = Ownership.Name;
            value.Metadata.Labels[Ownership.ManagedBy] = Ownership.Name;
            await _definitions.ApplyAsync(value, new WriteOptions { FieldManager = Ownership.Name, Force = true, DryRun = dryRun }, token);
        });
        if (!dryRun)
        {
            await WaitAsync(ours.Select(o => o.Name), ct);
        }

        return (ours.Count, wanted.Count - ours.Count);
    }

    /// <summary>Removes those that we installed, and with them all objects of their kinds.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many.</returns>
    public async Task<int> RemoveAsync(CancellationToken ct)
    {
        var ours = (await _definitions.ListAllAsync(new ListOptions { LabelSelector = Ownership.Selector }, ct)).Items;
        await Parallel.ForEachAsync(
            ours, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct }, async (definition, token) => await _definitions.DeleteIfExistsAsync(definition.Metadata.Name!, null, token));

        return ours.Count;
    }

    /// <summary>Says whether all are gone: a definition stays until the API server has removed what was of its kind.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>True when none of ours is left.</returns>
    /// <remarks>One is asked for at a time: all of them together are a megabyte, and the API server is busy.</remarks>
    public async Task<bool> AreGoneAsync(CancellationToken ct) => (await _definitions.ListAsync(new ListOptions { LabelSelector = Ownership.Selector, Limit = 1 }, ct)).Items.Count == 0;

    private async Task WaitAsync(IEnumerable<string> names, CancellationToken ct)
    {
        foreach (var name in names)
        {
            while (await _definitions.FindAsync(name, ct) is not { } definition || !IsEstablished(definition))
            {
                await Task.Delay(Poll, time, ct);
            }
        }
    }

    private static ManifestNode WithoutRules(ManifestNode node) => node switch
    {
        ManifestMapping map => new ManifestMapping([.. map.Entries.Where(e => e.Key != Rules).Select(e => new ManifestEntry(e.Key, WithoutRules(e.Value)))]),
        ManifestSequence list => new ManifestSequence([.. list.Items.Select(WithoutRules)]),
        _ => node,
    };

    private static bool IsEstablished(KubernetesObject definition) =>
        definition["status"] is { } status && status.TryGetProperty("conditions", out var conditions) && conditions.ValueKind == JsonValueKind.Array
        && conditions.EnumerateArray().Any(c => c.GetProperty("type").GetString() == "Established" && c.GetProperty("status").GetString() == "True");
}
