using NodeMesh.Model.AccessLogging;

namespace NodeMesh.Proxy.State;

/// <summary>What filters of access lines ask for. Nothing of requests: nobody looked at any.</summary>
internal sealed partial class ConnectionRecord : IAccessFacts
{
    /// <inheritdoc/>
    AccessValue IAccessFacts.Find(AccessFact fact) => fact switch
    {
        AccessFact.ConnectionMutualTls => AccessValue.Of(Security == ConnectionSecurity.MutualTls),
        AccessFact.SourceAddress => AccessValue.Of(Source.ToString()),
        AccessFact.SourcePort => AccessValue.Of(Source.Port),
        AccessFact.DestinationAddress => AccessValue.Of(Destination.ToString()),
        AccessFact.DestinationPort => AccessValue.Of(Destination.Port),
        _ => default,
    };
}
