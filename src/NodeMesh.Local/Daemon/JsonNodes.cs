using System.Collections.Immutable;
using System.Text.Json;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Daemon;

/// <summary>Turns JSON into manifest trees.</summary>
internal static class JsonNodes
{
    /// <summary>The objects of a JSON array.</summary>
    /// <param name="json">The array.</param>
    public static ImmutableArray<ManifestMapping> ReadArray(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(e => (ManifestMapping)Of(e))];
    }

    /// <summary>A value's tree.</summary>
    /// <param name="element">The value.</param>
    public static ManifestNode Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new ManifestMapping([.. element.EnumerateObject().Select(p => new ManifestEntry(p.Name, Of(p.Value)))]),
        JsonValueKind.Array => new ManifestSequence([.. element.EnumerateArray().Select(Of)]),
        JsonValueKind.String => ManifestScalar.String(element.GetString()!),
        JsonValueKind.True or JsonValueKind.False => ManifestScalar.Boolean(element.GetBoolean()),
        JsonValueKind.Number when element.TryGetInt64(out var number) => ManifestScalar.Integer(number),
        JsonValueKind.Number => new ManifestScalar(element.GetRawText(), ScalarKind.Float),
        _ => new ManifestScalar("null", ScalarKind.Null),
    };
}
