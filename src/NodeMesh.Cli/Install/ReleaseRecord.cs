using System.Text.Json;
using NodeMesh.Charts.Values;
using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Install;

/// <summary>
/// What a mesh was installed with: profile and values, in a Secret beside it (values may be secret), so that an upgrade does not have to be given them again. Layers are kept as the user
/// gave them and laid over each other again, since a newer chart may have other defaults.
/// </summary>
/// <param name="Profile">The profile.</param>
/// <param name="Layers">What was given on top, in order.</param>
internal sealed record ReleaseRecord(string Profile, IReadOnlyList<ReleaseRecord.Layer> Layers)
{
    /// <summary>The Secret's name, in the mesh's namespace.</summary>
    public const string SecretName = "nodemesh-release";

    private const string Key = "release";

    /// <summary>Makes a record.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="layers">The layers.</param>
    public static ReleaseRecord Of(string profile, IEnumerable<ValuesLayer> layers) => new(profile, [.. layers.Select(l => new Layer(l.FileName, l.Text))]);

    /// <summary>Reads the record of a mesh.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The mesh's namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null for a mesh that was installed by other means, such as Helm or kubectl.</returns>
    /// <exception cref="ClusterException">It cannot be understood.</exception>
    public static async Task<ReleaseRecord?> FindAsync(KubernetesClient client, string ns, CancellationToken ct)
    {
        var secret = await client.Resources(KubernetesKinds.Secrets).InNamespace(ns).FindAsync(SecretName, ct);
        if (secret is null)
        {
            return null;
        }

        try
        {
            return secret.Data is { } data && data.TryGetValue(Key, out var json) ? JsonSerializer.Deserialize<ReleaseRecord>(json) : null;
        }
        catch (JsonException e)
        {
            throw new ClusterException($"Secret {ns}/{SecretName}, in which install keeps its values, cannot be read ({e.Message}); give profile and values again with --reset-values");
        }
    }

    /// <summary>The layers again.</summary>
    /// <exception cref="Charts.ChartException">One is no layer of values.</exception>
    public IEnumerable<ValuesLayer> ToLayers() => Layers.Select(l => l.FileName is { } name ? ValuesLayer.File(name, l.Text) : ValuesLayer.Set(l.Text));

    /// <summary>Writes it.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The mesh's namespace.</param>
    /// <param name="ct">Gives up.</param>
    public Task SaveAsync(KubernetesClient client, string ns, CancellationToken ct)
    {
        var secret = new V1Secret
        {
            Metadata = new V1ObjectMeta
            {
                Name = SecretName,
                Namespace = ns,
                Labels = new() { [Ownership.PartOf] = Ownership.Name, [Ownership.ManagedBy] = Ownership.Name },
            },
            Type = "nodemesh.io/release",
            Data = new() { [Key] = JsonSerializer.SerializeToUtf8Bytes(this) },
        };
        return client.Resources(KubernetesKinds.Secrets).InNamespace(ns).ApplyAsync(secret, new WriteOptions { FieldManager = Ownership.Name, Force = true }, ct);
    }

    /// <summary>One thing that the user gave.</summary>
    /// <param name="FileName">A file's name; null for <c>--set</c>.</param>
    /// <param name="Text">Its text.</param>
    internal sealed record Layer(string? FileName, string Text);
}
