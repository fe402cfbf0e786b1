using System.Collections.Immutable;
using System.Text.Json;

namespace NodeMesh.Local.Layout;

/// <summary>What <c>up</c> was asked for; kept in <c>mesh.json</c>.</summary>
public sealed record MeshSettings
{
    /// <summary>The mesh's name.</summary>
    public required string Name { get; init; }

    /// <summary>How many nodes.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>Labels of nodes, by node.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, string>> NodeLabels { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    /// <summary>Commands of images.</summary>
    public ImmutableDictionary<string, string> Images { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary><c>ebpf</c>, <c>iptables</c> or <c>auto</c>.</summary>
    public string Capture { get; init; } = "auto";

    /// <summary>False: no control plane and no proxies run, and no pod is in the mesh.</summary>
    public bool WithMesh { get; init; } = true;

    /// <summary>The directory of <c>nodemesh-control</c> and <c>nodemesh-proxy</c>.</summary>
    public string Binaries { get; init; } = AppContext.BaseDirectory;

    /// <summary>The search path of pods.</summary>
    public string SearchPath { get; init; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Name servers for names outside of the cluster.</summary>
    public ImmutableArray<string> UpstreamDns { get; init; } = [];

    /// <summary>The OTLP/HTTP receiver that spans of requests are sent to; null for none.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>Extra fields for each proxy's configuration, such as <c>accessLog</c>; they win.</summary>
    public ImmutableDictionary<string, string> ProxyOptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Extra fields for the control plane's configuration; they win.</summary>
    public ImmutableDictionary<string, string> ControlOptions { get; init; } = ImmutableDictionary<string, string>.Empty;

    private static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads settings.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="JsonException">It is not what <see cref="Write"/> wrote.</exception>
    public static MeshSettings Read(string path) => JsonSerializer.Deserialize<MeshSettings>(File.ReadAllText(path), Json)!;

    /// <summary>Writes settings.</summary>
    /// <param name="path">The file.</param>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json));
}
