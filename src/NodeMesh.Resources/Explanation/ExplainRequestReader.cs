using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Explanation;

/// <summary>Reads requests from the JSON that <c>nodemesh explain</c> takes.</summary>
public static class ExplainRequestReader
{
    private static readonly ImmutableArray<string> Fields =
        ["id", "from", "gateway", "to", "destination", "protocol", "sni", "method", "host", "path", "headers", "mtls", "claims", "token"];

    private static readonly ImmutableArray<string> SourceFields =
        ["namespace", "pod", "serviceAccount", "labels", "ip", "remoteIp", "principal", "requestPrincipal", "trustDomain"];

    private static readonly ImmutableArray<string> TargetFields = ["host", "port", "ip"];

    private static readonly ImmutableArray<string> DestinationFields = ["namespace", "labels", "ip", "port"];

    private static readonly ImmutableArray<string> Protocols = ["http", "https", "http2", "grpc", "tls", "tcp"];

    /// <summary>Reads a batch.</summary>
    /// <param name="json">A JSON array.</param>
    /// <returns>The array's items, to be read one by one.</returns>
    /// <exception cref="FormatException">It is not a JSON array.</exception>
    public static ImmutableArray<ManifestNode> ReadBatch(string json)
    {
        var values = new List<ManifestNode>();
        try
        {
            JsonTreeReader.Read(json, values);
        }
        catch (ManifestSyntaxException error)
        {
            throw new FormatException($"{error.Line}:{error.Column}: {error.Message}", error);
        }

        return values is [ManifestSequence batch] ? batch.Items : throw new FormatException("requests must be one JSON array");
    }

    /// <summary>The name of a request, whether the rest of it can be read or not.</summary>
    /// <param name="node">The request.</param>
    /// <returns>Its name; null when it has none.</returns>
    public static string? IdOf(ManifestNode node) => (node as ManifestMapping)?.Text("id");

    /// <summary>Reads one request.</summary>
    /// <param name="node">An item of the array.</param>
    /// <returns>The request.</returns>
    /// <exception cref="ExplainException">Something in it is wrong.</exception>
    public static ExplainRequest Read(ManifestNode node)
    {
        if (node is not ManifestMapping map)
        {
            throw new ExplainException($"a request must be an object, but is {node.Describe()}");
        }

        var unknown = Unknown(map, Fields, "").ToList();
        var from = Object(map, "from");
        var to = Object(map, "to") ?? ManifestMapping.Empty;
        var destination = Object(map, "destination");
        unknown.AddRange(Unknown(from, SourceFields, "from."));
        unknown.AddRange(Unknown(to, TargetFields, "to."));
        unknown.AddRange(Unknown(destination, DestinationFields, "destination."));
        var headers = Headers(map);
        var host = Text(map, "host", "") ?? (headers.TryGetValue("host", out var named) ? named[0] : null);
        var (method, path) = (Text(map, "method", ""), Text(map, "path", ""));
        var speaksHttp = method is not null || path is not null || host is not null || !headers.IsEmpty;
        var protocol = Text(map, "protocol", "") ?? (speaksHttp ? "http" : "tcp");
        return new ExplainRequest
        {
            Id = map.Text("id") ?? throw new ExplainException("id: is missing; give the request a name"),
            From = from is null ? null : Source(from),
            SaysOutside = map["from"] is ManifestScalar { Kind: ScalarKind.Null },
            ServerName = Text(map, "sni", ""),
            Gateway = Text(map, "gateway", ""),
            ToHost = Text(to, "host", "to."),
            ToPort = Port(to, "to."),
            ToAddress = Address(to, "ip", "to."),
            Destination = destination is null ? null : Destination(destination),
            Protocol = Protocols.Contains(protocol) ? protocol : throw new ExplainException($"protocol: '{protocol}' is none of {string.Join(", ", Protocols)}"),
            Method = method,
            Authority = host,
            Path = path,
            Headers = headers.Remove("host"),
            MutualTls = Flag(map, "mtls"),
            HasToken = map["claims"] is ManifestMapping || map.Text("token") is not null || headers.ContainsKey("authorization") || from?.Text("requestPrincipal") is not null,
            UnknownFields = [.. unknown],
        };
    }

    private static ExplainSource Source(ManifestMapping from) => new()
    {
        Namespace = Text(from, "namespace", "from."),
        Pod = Text(from, "pod", "from."),
        ServiceAccount = Text(from, "serviceAccount", "from."),
        Labels = Labels(from, "from."),
        Address = Address(from, "ip", "from."),
        RemoteAddress = Address(from, "remoteIp", "from."),
        Principal = Text(from, "principal", "from."),
        NoPrincipal = from["principal"] is ManifestScalar { Kind: ScalarKind.Null },
        RequestPrincipal = Text(from, "requestPrincipal", "from."),
        TrustDomain = Text(from, "trustDomain", "from."),
    };

    private static ExplainDestination Destination(ManifestMapping destination) => new()
    {
        Namespace = Text(destination, "namespace", "destination."),
        Labels = Labels(destination, "destination."),
        Address = Address(destination, "ip", "destination."),
        Port = Port(destination, "destination."),
    };

    private static IEnumerable<string> Unknown(ManifestMapping? map, ImmutableArray<string> known, string path) =>
        (map?.Entries ?? []).Where(e => !known.Contains(e.Key)).Select(e => path + e.Key);

    private static ManifestMapping? Object(ManifestMapping map, string key) => map[key] switch
    {
        null or ManifestScalar { Kind: ScalarKind.Null } => null,
        ManifestMapping found => found,
        var other => throw new ExplainException($"{key}: must be an object, but is {other.Describe()}"),
    };

    private static string? Text(ManifestMapping map, string key, string path) => map[key] switch
    {
        null or ManifestScalar { Kind: ScalarKind.Null } => null,
        ManifestScalar { Kind: ScalarKind.String } scalar => scalar.Text,
        var other => throw new ExplainException($"{path}{key}: must be a string, but is {other.Describe()}"),
    };

    private static bool? Flag(ManifestMapping map, string key) => map[key] switch
    {
        null or ManifestScalar { Kind: ScalarKind.Null } => null,
        ManifestScalar { Kind: ScalarKind.Boolean } scalar => scalar.Text == "true",
        var other => throw new ExplainException($"{key}: must be true or false, but is {other.Describe()}"),
    };

    private static int? Port(ManifestMapping map, string path) => map["port"] switch
    {
        null or ManifestScalar { Kind: ScalarKind.Null } => null,
        ManifestScalar { Kind: ScalarKind.Integer } scalar when int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 => port,
        var other => throw new ExplainException($"{path}port: must be a number from 1 to 65535, but is {other.Describe()}"),
    };

    private static IPAddress? Address(ManifestMapping map, string key, string path) => Text(map, key, path) switch
    {
        null => null,
        var text when IPAddress.TryParse(text, out var address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
        var text => throw new ExplainException($"{path}{key}: '{text}' is not an IP address"),
    };

    private static ImmutableDictionary<string, string> Labels(ManifestMapping map, string path) =>
        map["labels"] switch
        {
            null or ManifestScalar { Kind: ScalarKind.Null } => ImmutableDictionary<string, string>.Empty,
            ManifestMapping labels => labels.Entries.ToImmutableDictionary(
                e => e.Key, e => e.Value is ManifestScalar value ? value.Text : throw new ExplainException($"{path}labels.{e.Key}: must be a string, but is {e.Value.Describe()}")),
            var other => throw new ExplainException($"{path}labels: must be an object, but is {other.Describe()}"),
        };

    // Names of HTTP fields are compared without regard to case (RFC 9110 section 5.1).
    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Headers(ManifestMapping map)
    {
        var headers = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var (name, value, _, _) in (Object(map, "headers") ?? ManifestMapping.Empty).Entries)
        {
            ImmutableArray<string> values = value switch
            {
                ManifestScalar { Kind: not ScalarKind.Null } one => [one.Text],
                ManifestSequence { Items.Length: > 0 } list when list.Items.All(i => i is ManifestScalar) => [.. list.Items.Select(i => ((ManifestScalar)i).Text)],
                _ => throw new ExplainException($"headers.{name}: must be a string or a list of strings, but is {value.Describe()}"),
            };
            var key = name.ToLowerInvariant();
            headers[key] = headers.TryGetValue(key, out var others) ? [.. others, .. values] : values;
        }

        return headers.ToImmutable();
    }
}
