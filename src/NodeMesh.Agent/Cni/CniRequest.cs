using System.Collections.Immutable;
using System.Text.Json;

namespace NodeMesh.Agent.Cni;

/// <summary>What a container runtime asks of the plugin.</summary>
internal sealed record CniRequest
{
    /// <summary>ADD, CHECK, DEL, GC or STATUS.</summary>
    public required string Command { get; init; }

    /// <summary>CNI_NETNS.</summary>
    public required string NetworkNamespace { get; init; }

    /// <summary>The pod's namespace; null when the container is no pod of Kubernetes.</summary>
    public string? PodNamespace { get; init; }

    /// <summary>The pod's name.</summary>
    public string? PodName { get; init; }

    /// <summary>The UID by which the kubelet calls the pod; older runtimes do not tell it.</summary>
    public string? PodUid { get; init; }

    /// <summary>The version that answers are in.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>The result of the plugins before, as they wrote it.</summary>
    public string? PreviousResult { get; init; }

    /// <summary>The addresses in it.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Reads a request.</summary>
    /// <param name="command">CNI_COMMAND.</param>
    /// <param name="netns">CNI_NETNS.</param>
    /// <param name="arguments">CNI_ARGS.</param>
    /// <param name="configuration">Standard input.</param>
    /// <returns>The request.</returns>
    /// <exception cref="CniException">The configuration is not JSON, or not of the form that the specification gives it.</exception>
    public static CniRequest Parse(string command, string netns, string arguments, string configuration)
    {
        var pairs = ReadArguments(arguments);
        var request = new CniRequest
        {
            Command = command,
            NetworkNamespace = netns,
            PodNamespace = pairs.GetValueOrDefault("K8S_POD_NAMESPACE"),
            PodName = pairs.GetValueOrDefault("K8S_POD_NAME"),
            PodUid = pairs.GetValueOrDefault("K8S_POD_UID"),
        };
        try
        {
            using var document = JsonDocument.Parse(configuration.Length == 0 ? "{}" : configuration);
            var root = document.RootElement;
            var previous = Member(root, "prevResult") is { ValueKind: JsonValueKind.Object } result ? result : default(JsonElement?);
            return request with
            {
                Version = Member(root, "cniVersion")?.GetString() ?? request.Version,
                PreviousResult = previous?.GetRawText(),
                Addresses = previous is { } p ? ReadAddresses(p) : [],
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CniException(CniErrorCode.DecodingFailure, $"the network configuration cannot be read: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Command} {PodNamespace}/{PodName}";

    private static Dictionary<string, string> ReadArguments(string arguments)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in arguments.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                pairs[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        return pairs;
    }

    /// <summary><c>ips[].address</c> is an address with its prefix's length, in all versions since 0.3.0.</summary>
    private static ImmutableArray<string> ReadAddresses(JsonElement result) =>
        Member(result, "ips") is { ValueKind: JsonValueKind.Array } ips
            ? [.. ips.EnumerateArray().Select(i => Member(i, "address")?.GetString()?.Split('/')[0]).OfType<string>().Where(a => System.Net.IPAddress.TryParse(a, out _))]
            : [];

    private static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;
}
