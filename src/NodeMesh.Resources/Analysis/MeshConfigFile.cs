using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis;

/// <summary>A MeshConfig or MeshNetworks of Istio, as far as it is read. What is not known is left alone.</summary>
public sealed class MeshConfigFile
{
    private MeshConfigFile(string file, ManifestMapping root)
    {
        File = file;
        Root = root;
    }

    /// <summary>One that says nothing.</summary>
    public static MeshConfigFile Empty { get; } = new("", ManifestMapping.Empty);

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>What is written.</summary>
    public ManifestMapping Root { get; }

    /// <summary>The namespace whose policies apply to the whole mesh.</summary>
    public string RootNamespace => Root.Text("rootNamespace") is { Length: > 0 } ns ? ns : "istio-system";

    /// <summary>The trust domain.</summary>
    public string TrustDomain => Root.Text("trustDomain") is { Length: > 0 } domain ? domain : "cluster.local";

    /// <summary>Other trust domains for the same identities.</summary>
    public ImmutableArray<string> TrustDomainAliases => Texts(Root["trustDomainAliases"]);

    /// <summary>The DNS suffix of services.</summary>
    public string ClusterDomain => Root.Text("clusterDomain") is { Length: > 0 } domain ? domain : "cluster.local";

    /// <summary>True when destinations outside the mesh are refused.</summary>
    public bool RegistryOnly => (Root.At("outboundTrafficPolicy", "mode") as ManifestScalar)?.Text == "REGISTRY_ONLY";

    /// <summary>What the translation needs to know.</summary>
    public MeshSettings Settings => new()
    {
        TrustDomain = TrustDomain,
        TrustDomainAliases = TrustDomainAliases,
        RootNamespace = RootNamespace,
        ClusterDomain = ClusterDomain,
    };

    /// <summary>The default providers of access logs.</summary>
    public ImmutableArray<string> DefaultAccessLogging => Texts(Root.At("defaultProviders", "accessLogging"));

    /// <summary>The providers that are defined.</summary>
    public IEnumerable<ManifestMapping> ExtensionProviders => (Root["extensionProviders"] as ManifestSequence)?.Items.OfType<ManifestMapping>() ?? [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="FormatException">It is not a YAML map.</exception>
    public static MeshConfigFile Read(string path)
    {
        try
        {
            return YamlTreeReader.Read(System.IO.File.ReadAllText(path), 0) switch
            {
                ManifestMapping map => new MeshConfigFile(path, map),
                null => new MeshConfigFile(path, ManifestMapping.Empty),
                var other => throw new FormatException($"{path}: must be a map, but is {other.Describe()}"),
            };
        }
        catch (ManifestSyntaxException error)
        {
            throw new FormatException($"{path}:{error.Line}:{error.Column}: {error.Message}", error);
        }
    }

    private static ImmutableArray<string> Texts(ManifestNode? node) => node is ManifestSequence list ? [.. list.Items.OfType<ManifestScalar>().Select(s => s.Text)] : [];
}
