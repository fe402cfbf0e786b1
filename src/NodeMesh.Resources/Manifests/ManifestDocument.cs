using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Manifests;

/// <summary>One resource of a manifest: what was written, and what it was bound to.</summary>
public sealed record ManifestDocument
{
    /// <summary>Group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind.</summary>
    public required ResourceKind Kind { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace, <c>default</c> filled in; empty for cluster-scoped kinds.</summary>
    public required string Namespace { get; init; }

    /// <summary>Labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Annotations.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The tree as written, the namespace filled in.</summary>
    public required ManifestMapping Root { get; init; }

    /// <summary>The typed resource; null for kinds that are not bound. Its namespace is filled in.</summary>
    public Resource? Resource { get; init; }

    /// <summary>The file; empty when it does not come from one.</summary>
    public string File { get; init; } = "";

    /// <summary>Index of the document in its file, from 0.</summary>
    public int Index { get; init; }

    /// <summary>The line that it starts on, from 1.</summary>
    public int Line { get; init; }

    /// <summary>What holds instead of what is written, for a policy that is broken and has no good version; null for a document that is as written.</summary>
    public string? Instead { get; init; }

    /// <summary>Group, kind, namespace and name.</summary>
    public ResourceOrigin Origin => new(Kind.Kind, Namespace, Name) { Group = Kind.Group };

    /// <summary>Namespace and name.</summary>
    public NamespacedName Key => new(Namespace, Name);

    /// <summary>Makes a finding about a field of this document.</summary>
    /// <param name="level">How bad it is.</param>
    /// <param name="code">Its code.</param>
    /// <param name="field">The field's path; empty for the whole document.</param>
    /// <param name="message">What is wrong and what to do about it.</param>
    /// <returns>The finding, with file, line and column.</returns>
    public Finding Report(FindingLevel level, string code, string field, string message)
    {
        var (line, column) = FieldPath.Locate(Root, field);
        return new Finding(level, code, message)
        {
            File = File.Length == 0 ? null : File,
            Document = Index,
            Line = line,
            Column = column,
            Field = field,
            Resource = Origin,
        };
    }
}
