using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A kind of resources.</summary>
/// <param name="Group">API group; empty for core.</param>
/// <param name="Kind">The kind's name.</param>
/// <param name="Plural">Its plural, lower case.</param>
/// <param name="Namespaced">False for cluster-scoped kinds.</param>
/// <param name="Support">What NodeMesh does with it.</param>
public sealed record ResourceKind(string Group, string Kind, string Plural, bool Namespaced, KindSupport Support)
{
    /// <summary>Versions that are read, the preferred one first; empty: any.</summary>
    public ImmutableArray<string> Versions { get; init; } = [];

    /// <summary>Short names, such as <c>po</c>.</summary>
    public ImmutableArray<string> ShortNames { get; init; } = [];

    /// <summary>The type that it is bound to; null when it is not.</summary>
    public Type? Type { get; init; }

    /// <summary>Group and preferred version.</summary>
    public string ApiVersion => Group.Length == 0 ? Versions[0] : $"{Group}/{(Versions.IsEmpty ? "v1" : Versions[0])}";
}
