using System.Collections.Frozen;

namespace NodeMesh.Model.AccessLogging;

/// <summary>The names that facts have in expressions: those of Envoy's attributes.</summary>
internal static class FilterNames
{
    private static readonly FrozenDictionary<string, AccessFact> Facts = new Dictionary<string, AccessFact>(StringComparer.Ordinal)
    {
        ["request.path"] = AccessFact.RequestPath,
        ["request.url_path"] = AccessFact.RequestUrlPath,
        ["request.host"] = AccessFact.RequestHost,
        ["request.method"] = AccessFact.RequestMethod,
        ["request.protocol"] = AccessFact.RequestProtocol,
        ["request.useragent"] = AccessFact.RequestUserAgent,
        ["request.id"] = AccessFact.RequestId,
        ["request.size"] = AccessFact.RequestSize,
        ["response.code"] = AccessFact.ResponseCode,
        ["response.code_details"] = AccessFact.ResponseCodeDetails,
        ["response.grpc_status"] = AccessFact.ResponseGrpcStatus,
        ["response.size"] = AccessFact.ResponseSize,
        ["connection.mtls"] = AccessFact.ConnectionMutualTls,
        ["source.address"] = AccessFact.SourceAddress,
        ["source.port"] = AccessFact.SourcePort,
        ["destination.address"] = AccessFact.DestinationAddress,
        ["destination.port"] = AccessFact.DestinationPort,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All names, for people.</summary>
    public static string All { get; } = string.Join(", ", Facts.Keys.Order(StringComparer.Ordinal));

    /// <summary>Finds a fact by its name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The fact; null for no such name.</returns>
    public static AccessFact? Find(string name) => Facts.TryGetValue(name, out var fact) ? fact : null;

    /// <summary>What kind of value a fact has.</summary>
    /// <param name="fact">The fact.</param>
    /// <returns>The kind.</returns>
    public static AccessValueKind KindOf(AccessFact fact) => fact switch
    {
        AccessFact.RequestSize or AccessFact.ResponseCode or AccessFact.ResponseGrpcStatus or AccessFact.ResponseSize or AccessFact.SourcePort or AccessFact.DestinationPort => AccessValueKind.Number,
        AccessFact.ConnectionMutualTls => AccessValueKind.Flag,
        _ => AccessValueKind.Text,
    };
}
