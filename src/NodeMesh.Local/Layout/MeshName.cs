using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeMesh.Local.Layout;

/// <summary>A local mesh's name: it becomes part of namespace, directory and cgroup names.</summary>
public readonly partial record struct MeshName
{
    /// <summary>The name where none is given.</summary>
    public const string Default = "mesh0";

    /// <summary>The grammar, in words, for error messages.</summary>
    public const string Grammar = "1 to 20 lower-case letters, digits and dashes, beginning and ending with a letter or digit";

    private MeshName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>The namespace of the switch that joins the nodes; the control plane runs in it.</summary>
    public string SwitchNamespace => $"nm-{Value}-net";

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name on success.</param>
    /// <returns>True when the text follows <see cref="Grammar"/>.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out MeshName name)
    {
        var ok = text is not null && Pattern().IsMatch(text);
        name = ok ? new MeshName(text!) : default;
        return ok;
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">The text does not follow <see cref="Grammar"/>.</exception>
    public static MeshName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a mesh name: use {Grammar}");

    /// <summary>The network namespace of a node.</summary>
    /// <param name="node">The node's name.</param>
    public string NodeNamespace(string node) => $"nm-{Value}-{node}";

    /// <summary>The network namespace of a pod.</summary>
    /// <param name="uid">The pod's UID; its first eight digits tell pods apart.</param>
    public string PodNamespace(string uid) => $"nm-{Value}-pod-{uid[..8]}";

    /// <summary>The name under which a node's eBPF capture is pinned.</summary>
    /// <param name="node">The node's name.</param>
    public string CaptureName(string node) => $"{Value}-{node}";

    /// <summary>True when pinned eBPF capture belongs to this mesh.</summary>
    /// <param name="captureName">The name of its directory.</param>
    public bool OwnsCapture(string captureName) =>
        captureName.StartsWith(Value + "-", StringComparison.Ordinal) && NodeEnding().IsMatch(captureName[(Value.Length + 1)..]);

    /// <summary>
    /// True when a network namespace belongs to this mesh and not to another whose name begins alike: the endings are exact,
    /// and none of them ends with another.
    /// </summary>
    /// <param name="networkNamespace">A name in <c>/run/netns</c>.</param>
    public bool Owns(string networkNamespace)
    {
        var prefix = $"nm-{Value}-";
        return networkNamespace.StartsWith(prefix, StringComparison.Ordinal) && Ending().IsMatch(networkNamespace[prefix.Length..]);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?\z")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A(net|node-[0-9]+|pod-[0-9a-f]{8})\z")]
    private static partial Regex Ending();

    [GeneratedRegex(@"\Anode-[0-9]+\z")]
    private static partial Regex NodeEnding();
}
