using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Manifests;

/// <summary>Turns one tree into documents (several for a List) and reports what is wrong with it.</summary>
internal sealed class DocumentReader(string file, int index, ManifestOptions options, ImmutableArray<Finding>.Builder findings)
{
    /// <summary>Reads a tree.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="documents">Takes the documents without an error.</param>
    public void Read(ManifestNode node, ImmutableArray<ManifestDocument>.Builder documents)
    {
        if (node is not ManifestMapping root)
        {
            Report(FindingLevel.Error, FindingCodes.NotAResource, $"a resource must be a map with apiVersion, kind and metadata, but is {node.Describe()}", "", node, null);
            return;
        }

        var apiVersion = root.Text("apiVersion");
        var kindName = root.Text("kind");
        if (string.IsNullOrEmpty(apiVersion) || string.IsNullOrEmpty(kindName))
        {
            var missing = string.IsNullOrEmpty(apiVersion) ? "apiVersion" : "kind";
            Report(FindingLevel.Error, FindingCodes.NotAResource, $"is missing; every resource has apiVersion, kind and metadata.name", missing, node, null);
            return;
        }

        if (kindName.EndsWith("List", StringComparison.Ordinal) && root["items"] is ManifestSequence items)
        {
            foreach (var item in items.Items)
            {
                Read(item, documents);
            }

            return;
        }

        if (ReadOne(root, apiVersion, ResourceKinds.Find(apiVersion, kindName)) is { } document)
        {
            documents.Add(document);
        }
    }

    private ManifestDocument? ReadOne(ManifestMapping root, string apiVersion, ResourceKind kind)
    {
        var before = findings.Count;
        root = FillNamespace(root, kind);
        var origin = new ResourceOrigin(kind.Kind, root.At("metadata", "namespace") is ManifestScalar ns ? ns.Text : "", root.At("metadata", "name") is ManifestScalar name ? name.Text : "")
        {
            Group = kind.Group,
        };
        var binder = new NodeBinder(finding => findings.Add(finding with { File = file, Document = index, Resource = origin }), options.KeepInvalid, options.KeepPartial);
        CheckKind(root, apiVersion, kind, origin);
        Resource? resource = null;
        ObjectMeta? metadata;
        if (kind.Type is { } type)
        {
            resource = (Resource?)binder.Bind(root, type);
            metadata = resource?.Metadata;
        }
        else
        {
            metadata = root["metadata"] is { } node
                ? (ObjectMeta?)binder.Bind(node, typeof(ObjectMeta), "metadata")
                : null;
            if (root["metadata"] is null)
            {
                Report(FindingLevel.Error, FindingCodes.MissingField, "is missing; add 'metadata' with a name", "metadata", root, origin);
            }
        }

        if (metadata is not null)
        {
            CheckNames(root, metadata, kind, origin);
        }

        if (metadata is null || (!options.KeepInvalid && !options.KeepPartial && findings.Skip(before).Any(f => f.Level == FindingLevel.Error)))
        {
            return null;
        }

        var document = new ManifestDocument
        {
            ApiVersion = apiVersion,
            Kind = kind,
            Name = metadata.Name,
            Namespace = metadata.Namespace ?? "",
            Labels = metadata.Labels,
            Annotations = metadata.Annotations,
            Root = root,
            Resource = resource,
            File = file,
            Index = index,
            Line = root.Line,
        };
        if (options.KeepPartial)
        {
            return document;
        }

        var validation = ResourceValidator.Validate(document);
        findings.AddRange(validation);
        return !options.KeepInvalid && validation.Any(f => f.Level == FindingLevel.Error) ? null : document;
    }

    private ManifestMapping FillNamespace(ManifestMapping root, ResourceKind kind)
    {
        if (root["metadata"] is not ManifestMapping metadata)
        {
            return root;
        }

        if (!kind.Namespaced)
        {
            return root.With("metadata", metadata.With("namespace", null));
        }

        var missing = metadata["namespace"] is null or ManifestScalar { Kind: ScalarKind.Null } or ManifestScalar { Text: "" };
        return missing ? root.With("metadata", metadata.With("namespace", ManifestScalar.String(options.DefaultNamespace))) : root;
    }

    private void CheckKind(ManifestMapping root, string apiVersion, ResourceKind kind, ResourceOrigin origin)
    {
        var version = apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        switch (kind.Support)
        {
            case KindSupport.Served or KindSupport.NotServed when kind.Type is not null && !kind.Versions.Contains(version):
                Report(FindingLevel.Error, FindingCodes.InvalidValue, $"'{apiVersion}' is not read for kind {kind.Kind}; write {kind.ApiVersion}", "apiVersion", root, origin);
                break;
            case KindSupport.NotServed:
                Report(FindingLevel.Warning, FindingCodes.NotServed, $"{kind.Kind} of {kind.Group} is not served yet: it has no effect", "kind", root, origin);
                break;
            case KindSupport.Unknown when MeshGroups.Contains(kind.Group):
                var kinds = ResourceKinds.All.Where(k => k.Group == kind.Group).Select(k => k.Kind).ToList();
                var group = kinds.Count == 0 ? $"no kind of {kind.Group} is known" : $"{kind.Group} has {string.Join(", ", kinds)}";
                Report(FindingLevel.Error, FindingCodes.UnknownKind, $"there is no kind {kind.Kind} in {apiVersion}; {group}", "kind", root, origin);
                break;
            case KindSupport.Unknown:
                var other = ResourceKinds.All.FirstOrDefault(k => string.Equals(k.Kind, kind.Kind, StringComparison.OrdinalIgnoreCase));
                var hint = other is null ? "" : $"; did you mean apiVersion {other.ApiVersion}, kind {other.Kind}?";
                Report(FindingLevel.Warning, FindingCodes.UnknownKind, $"nothing here reads kind {kind.Kind} of {apiVersion}: it has no effect{hint}", "kind", root, origin);
                break;
            default:
                break;
        }
    }

    private void CheckNames(ManifestMapping root, ObjectMeta metadata, ResourceKind kind, ResourceOrigin origin)
    {
        var labelLike = kind.Kind is "Namespace" or "Service" && kind.Group.Length == 0;
        var good = kind.Type is null ? ResourceNames.IsPathSegment(metadata.Name)
            : labelLike ? ResourceNames.IsLabel(metadata.Name)
            : ResourceNames.IsSubdomain(metadata.Name);
        if (!good)
        {
            Report(FindingLevel.Error, FindingCodes.InvalidValue, $"'{metadata.Name}' is not a valid name; use lower-case letters, digits and '-'", "metadata.name", root, origin);
        }

        if (metadata.Namespace is { } ns && !ResourceNames.IsLabel(ns))
        {
            Report(FindingLevel.Error, FindingCodes.InvalidValue, $"'{ns}' is not a valid namespace; use lower-case letters, digits and '-'", "metadata.namespace", root, origin);
        }
    }

    private void Report(FindingLevel level, string code, string message, string field, ManifestNode root, ResourceOrigin? origin)
    {
        var (line, column) = FieldPath.Locate(root, field);
        findings.Add(new Finding(level, code, message) { File = file, Document = index, Line = line, Column = column, Field = field, Resource = origin });
    }
}
