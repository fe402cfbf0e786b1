using System.Globalization;
using System.Text.Json;

namespace NodeMesh.Cli.Proxy;

/// <summary>Reads a proxy's dump with patience: a proxy of another version may leave fields out.</summary>
internal static class JsonRead
{
    /// <summary>A field's text; empty when it is missing.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">Names from the outside in.</param>
    public static string Text(this JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return "";
            }
        }

        return json.ValueKind switch
        {
            JsonValueKind.String => json.GetString()!,
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            _ => json.GetRawText(),
        };
    }

    /// <summary>A field's elements; none when it is missing.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The field.</param>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    /// <summary>A field's texts, joined.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The field, an array of texts.</param>
    public static string Joined(this JsonElement json, string name) => string.Join(',', json.Items(name).Select(i => i.Text()));

    /// <summary>A number; null when it is missing.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">Names from the outside in.</param>
    public static double? Number(this JsonElement json, params ReadOnlySpan<string> path) =>
        double.TryParse(json.Text(path), CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A duration for people: <c>350ms</c>, <c>4.2s</c>, <c>3m20s</c>, <c>5h10m</c>, <c>2d3h</c>.</summary>
    /// <param name="seconds">Seconds; null prints nothing.</param>
    public static string Duration(double? seconds) => seconds switch
    {
        null => "",
        < 0 => "-" + Duration(-seconds),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0}ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#}s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}m{(int)seconds % 60}s"),
        < 86400 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600}h{(int)seconds / 60 % 60}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86400)}d{(int)(seconds / 3600) % 24}h"),
    };

    /// <summary>An identity without <c>spiffe://TRUST-DOMAIN/</c>, for tables: <c>ns/shop/sa/web</c>.</summary>
    /// <param name="identity">The identity; may be empty.</param>
    public static string ShortIdentity(string identity)
    {
        const string scheme = "spiffe://";
        var slash = identity.StartsWith(scheme, StringComparison.Ordinal) ? identity.IndexOf('/', scheme.Length) : -1;
        return slash < 0 ? identity : identity[(slash + 1)..];
    }
}
