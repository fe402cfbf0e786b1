using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace NodeMesh.Resources.Translation;

/// <summary>The pods that a peer of a NetworkPolicy selects.</summary>
internal sealed class NetworkGroup
{
    // 96 bits: nobody who writes a policy gains by a second selector with the same name, and chance does not find one.
    private const int NameBytes = 12;

    private readonly string? _namespace;
    private readonly LabelMatcher? _namespaces;
    private readonly LabelMatcher _pods;

    /// <summary>Makes a group.</summary>
    /// <param name="ns">The namespace; null when a selector says which.</param>
    /// <param name="namespaces">Selects namespaces; null when there is one.</param>
    /// <param name="pods">Selects pods of them.</param>
    public NetworkGroup(string? ns, LabelMatcher? namespaces, LabelMatcher pods)
    {
        _namespace = ns;
        _namespaces = namespaces;
        _pods = pods;
        var text = $"{(namespaces is null ? $"= {ns}" : $"~ {namespaces.Text}")}\n{pods.Text}";
        Name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, NameBytes));
    }

    /// <summary>The name: the same for the same selectors, in every process.</summary>
    public string Name { get; }

    /// <summary>Says whether its pods may be of a namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="labels">The namespace's labels.</param>
    public bool TakesNamespace(string ns, ImmutableDictionary<string, string> labels) => _namespaces?.Matches(labels) ?? ns == _namespace;

    /// <summary>Says whether it has a pod of a namespace that it takes.</summary>
    /// <param name="labels">The pod's labels.</param>
    public bool TakesPod(ImmutableDictionary<string, string> labels) => _pods.Matches(labels);
}
