using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodeMesh.Resources.Kinds;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NodeMesh.Resources.Manifests;

/// <summary>Writes resources back as YAML or JSON.</summary>
public static class ManifestWriter
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The tree of a typed resource: set fields only, apiVersion and kind filled in from the type.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The tree.</returns>
    public static ManifestMapping ToNode(Resource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var kind = ResourceKinds.Of(resource.GetType());
        var complete = resource with
        {
            ApiVersion = resource.ApiVersion.Length == 0 ? kind.ApiVersion : resource.ApiVersion,
            Kind = kind.Kind,
        };
        return (ManifestMapping)ToNode(complete, ValueShape.Of(complete.GetType()));
    }

    /// <summary>The tree of a part of a resource, such as a status.</summary>
    /// <typeparam name="T">The part's record.</typeparam>
    /// <param name="part">The part.</param>
    /// <returns>The tree.</returns>
    public static ManifestNode PartToNode<T>(T part)
        where T : class => ToNode(part, ValueShape.Of(part.GetType()));

    /// <summary>A tree as YAML, one document without a marker.</summary>
    /// <param name="node">The tree.</param>
    /// <returns>YAML that ends in a line feed.</returns>
    public static string ToYaml(ManifestNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var text = new StringBuilder();
        using var writer = new StringWriter(text, CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(writer, new EmitterSettings().WithBestWidth(int.MaxValue).WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>A typed resource as YAML.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>YAML that ends in a line feed.</returns>
    public static string ToYaml(Resource resource) => ToYaml(ToNode(resource));

    /// <summary>A tree as indented JSON.</summary>
    /// <param name="node">The tree.</param>
    /// <returns>JSON that ends in a line feed.</returns>
    public static string ToJson(ManifestNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOptions))
        {
            Write(writer, node);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static ManifestNode ToNode(object value, ValueShape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Tree:
                return (ManifestNode)value;
            case ShapeKind.List:
                return new ManifestSequence([.. ValueShape.Items(value).Select(item => ToNode(item, shape.Element!))]);
            case ShapeKind.Map:
                return new ManifestMapping([.. ValueShape.Entries(value).Select(e => new ManifestEntry(e.Key, ToNode(e.Value, shape.Element!)))]);
            case ShapeKind.Scalar:
                return ToScalar(value);
            default:
                var entries = ImmutableArray.CreateBuilder<ManifestEntry>();
                foreach (var field in TypeSchema.Of(shape.Type).Fields)
                {
                    if (field.Property.GetValue(value) is { } fieldValue && !IsEmpty(fieldValue, field.Shape))
                    {
                        entries.Add(new ManifestEntry(field.Name, ToNode(fieldValue, field.Shape)));
                    }
                }

                return new ManifestMapping(entries.ToImmutable());
        }
    }

    private static bool IsEmpty(object value, ValueShape shape) =>
        shape.Kind is ShapeKind.List or ShapeKind.Map && !((System.Collections.IEnumerable)value).GetEnumerator().MoveNext();

    private static ManifestScalar ToScalar(object value) => value switch
    {
        string text => ManifestScalar.String(text),
        bool flag => ManifestScalar.Boolean(flag),
        int number => ManifestScalar.Integer(number),
        long number => ManifestScalar.Integer(number),
        IntOrString { Number: { } number } => ManifestScalar.Integer(number),
        DateTimeOffset time => ManifestScalar.String(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
        _ => ManifestScalar.String(value.ToString() ?? ""),
    };

    private static void Emit(Emitter emitter, ManifestNode node)
    {
        switch (node)
        {
            case ManifestMapping map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, map.Entries.IsEmpty ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var entry in map.Entries)
                {
                    emitter.Emit(ToEvent(entry.Key, ScalarKind.String));
                    Emit(emitter, entry.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case ManifestSequence list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, list.Items.IsEmpty ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list.Items)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            default:
                var scalar = (ManifestScalar)node;
                emitter.Emit(ToEvent(scalar.Text, scalar.Kind));
                break;
        }
    }

    private static Scalar ToEvent(string text, ScalarKind kind)
    {
        if (kind == ScalarKind.Null)
        {
            return new Scalar("null");
        }

        // yes, no, on, off, y and n are booleans to readers of YAML 1.1, kubectl among them.
        var ambiguous = kind == ScalarKind.String
            && (ManifestScalar.Resolve(text).Kind != ScalarKind.String || text.ToLowerInvariant() is "y" or "n" or "yes" or "no" or "on" or "off");
        var literal = kind == ScalarKind.String && text.Contains('\n', StringComparison.Ordinal) && !text.Any(c => char.IsControl(c) && c != '\n')
            && text[0] is not (' ' or '\n') && !text.Contains(" \n", StringComparison.Ordinal);
        var style = ambiguous ? ScalarStyle.DoubleQuoted : literal ? ScalarStyle.Literal : ScalarStyle.Any;
        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, true, true);
    }

    private static void Write(Utf8JsonWriter writer, ManifestNode node)
    {
        switch (node)
        {
            case ManifestMapping map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case ManifestSequence list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case ManifestScalar { Kind: ScalarKind.String } text:
                writer.WriteStringValue(text.Text);
                break;
            case ManifestScalar { Kind: ScalarKind.Null }:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteRawValue(((ManifestScalar)node).Text);
                break;
        }
    }
}
