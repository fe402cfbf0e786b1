using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Tests.Routing;

/// <summary>A request written as <c>METHOD /path?query|name=value|name=value</c>, what follows the bars being headers.</summary>
internal sealed class TestRequest : IRequestFacts
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _query = new(StringComparer.Ordinal);

    public TestRequest(string text)
    {
        var parts = text.Split('|');
        var line = parts[0].Split(' ', 2);
        var target = line[1].Split('?', 2);
        (Method, Path) = (line[0], target[0]);
        Add(_headers, parts.Skip(1));
        Add(_query, target.Skip(1).SelectMany(q => q.Split('&')));
    }

    public string Method { get; }

    public string Path { get; }

    public string Scheme { get; init; } = "http";

    public string Authority { get; init; } = "web.shop.svc.cluster.local";

    public string? FindHeader(string name) => _headers.GetValueOrDefault(name);

    public string? FindQueryParameter(string name) => _query.GetValueOrDefault(name);

    private static void Add(Dictionary<string, string> values, IEnumerable<string> pairs)
    {
        foreach (var pair in pairs)
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, v) : (pair, "");
            values.TryAdd(name, value);
        }
    }
}
