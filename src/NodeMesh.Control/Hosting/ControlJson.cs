using System.Text.Json.Serialization;
using NodeMesh.Control.Discovery;

namespace NodeMesh.Control.Hosting;

/// <summary>JSON of the control plane's token file and its answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, TokenOwner>))]
[JsonSerializable(typeof(ProxiesReport))]
internal sealed partial class ControlJson : JsonSerializerContext;
