using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Admin;

/// <summary>How the admin endpoint writes JSON: camel case, addresses and identities as their text, enums as words.</summary>
internal static class AdminJson
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new TextJsonConverter<IPAddress>());
        options.Converters.Add(new TextJsonConverter<IPEndPoint>());
        options.Converters.Add(new TextJsonConverter<IPNetwork>());
        options.Converters.Add(new TextJsonConverter<SpiffeId>());
        options.Converters.Add(new TextJsonConverter<NodeId>());
        options.Converters.Add(new TextJsonConverter<NamespacedName>());
        options.Converters.Add(new TextJsonConverter<NetworkPeer>());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
