using NodeMesh.Model;

namespace NodeMesh.Resources.Translation;

/// <summary>The protocols of ports, as Services, their port names and ServiceEntries write them.</summary>
internal static class AppProtocols
{
    /// <summary>Reads what a port says.</summary>
    /// <param name="said">Its <c>appProtocol</c> or <c>protocol</c>; null or empty where it says none.</param>
    /// <param name="name">Its name, which counts up to its first dash where nothing is said.</param>
    /// <returns>The protocol.</returns>
    public static AppProtocol Of(string? said, string? name)
    {
        var word = said is { Length: > 0 } ? said.ToLowerInvariant() : (name ?? "").ToLowerInvariant();
        if (said is not { Length: > 0 })
        {
            // grpc-web is the one name whose dash does not end it.
            word = word == "grpc-web" || word.StartsWith("grpc-web-", StringComparison.Ordinal) ? "grpc-web" : word.Split('-')[0];
        }

        return word switch
        {
            "http" or "http1" or "grpc-web" or "http_proxy" or "kubernetes.io/ws" => AppProtocol.Http11,
            "http2" or "h2c" or "kubernetes.io/h2c" => AppProtocol.Http2,
            "grpc" => AppProtocol.Grpc,
            "tcp" or "mongo" or "mysql" or "redis" => AppProtocol.Tcp,
            "tls" or "https" or "kubernetes.io/wss" => AppProtocol.Tls,
            _ => AppProtocol.Unknown,
        };
    }
}
