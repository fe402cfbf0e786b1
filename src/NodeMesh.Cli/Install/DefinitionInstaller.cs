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
    /// <param name="limit">How long to wait until all are served.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many are ours, and how many of others were kept.</returns>
    /// <exception cref="ClusterException">One is not served.</exception>
    public async Task<(int Applied, int Kept)> InstallAsync(IReadOnlyList<RenderedObject> wanted, VersionInfo version, bool dryRun, TimeSpan limit, CancellationToken ct)
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
            await WaitAsync(ours.Select(o => o.Name), limit, ct);
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

    private async Task WaitAsync(IEnumerable<string> names, TimeSpan limit, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        foreach (var name in names)
        {
            while (await _definitions.FindAsync(name, ct) is var definition && (definition is null || !IsEstablished(definition)))
            {
                if (time.GetElapsedTime(began) > limit)
                {
                    var refusals = definition is null ? [] : Conditions(definition).Where(c => c.GetProperty("status").GetString() == "False" && c.TryGetProperty("message", out _));
                    var reasons = string.Join("; ", refusals.Select(c => c.GetProperty("message").GetString()).Distinct());
                    throw new ClusterException(
                        $"custom resource definition {name} is not served after {limit.TotalSeconds:0} s{(reasons.Length == 0 ? "" : $": {reasons}")}; kubectl get crd {name} -o yaml says more");
                }

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
        Conditions(definition).Any(c => c.GetProperty("type").GetString() == "Established" && c.GetProperty("status").GetString() == "True");

    private static JsonElement[] Conditions(KubernetesObject definition) =>
        definition["status"] is { } status && status.TryGetProperty("conditions", out var conditions) && conditions.ValueKind == JsonValueKind.Array ? [.. conditions.EnumerateArray()] : [];
}
