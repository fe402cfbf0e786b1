using NodeMesh.Model.AccessLogging;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>What filters of access lines ask for.</summary>
internal sealed partial class RequestRecord : IAccessFacts
{
    /// <inheritdoc/>
    AccessValue IAccessFacts.Find(AccessFact fact) => fact switch
    {
        AccessFact.RequestPath => AccessValue.Of(Path),
        AccessFact.RequestUrlPath => AccessValue.Of(Path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? Path[..query] : Path),
        AccessFact.RequestHost => AccessValue.Of(Authority),
        AccessFact.RequestMethod => AccessValue.Of(Method),
        AccessFact.RequestProtocol => AccessValue.Of(Protocol),
        AccessFact.RequestUserAgent => AccessValue.Of(UserAgent),
        AccessFact.RequestId => AccessValue.Of(RequestId),
        AccessFact.RequestSize => AccessValue.Of(BytesReceived),
        AccessFact.ResponseCode => AccessValue.Of(Status == 0 ? null : (long?)Status),
        AccessFact.ResponseCodeDetails => AccessValue.Of(Details),
        AccessFact.ResponseGrpcStatus => AccessValue.Of((long?)GrpcStatus),
        AccessFact.ResponseSize => AccessValue.Of(BytesSent),
        AccessFact.ConnectionMutualTls => AccessValue.Of(Security == ConnectionSecurity.MutualTls),
        AccessFact.SourceAddress => AccessValue.Of(Source.ToString()),
        AccessFact.SourcePort => AccessValue.Of(Source.Port),
        AccessFact.DestinationAddress => AccessValue.Of(Destination.ToString()),
        AccessFact.DestinationPort => AccessValue.Of(Destination.Port),
        _ => default,
    };
}
