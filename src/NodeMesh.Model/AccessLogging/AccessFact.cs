namespace NodeMesh.Model.AccessLogging;

/// <summary>What a filter of access lines may ask for.</summary>
public enum AccessFact
{
    /// <summary><c>request.path</c>: path and query as the client sent them.</summary>
    RequestPath,

    /// <summary><c>request.url_path</c>: the path alone.</summary>
    RequestUrlPath,

    /// <summary><c>request.host</c>.</summary>
    RequestHost,

    /// <summary><c>request.method</c>.</summary>
    RequestMethod,

    /// <summary><c>request.protocol</c>: <c>HTTP/1.1</c>, <c>HTTP/2</c>.</summary>
    RequestProtocol,

    /// <summary><c>request.useragent</c>.</summary>
    RequestUserAgent,

    /// <summary><c>request.id</c>.</summary>
    RequestId,

    /// <summary><c>request.size</c>: bytes of the body.</summary>
    RequestSize,

    /// <summary><c>response.code</c>; missing where the client went away before there was one.</summary>
    ResponseCode,

    /// <summary><c>response.code_details</c>.</summary>
    ResponseCodeDetails,

    /// <summary><c>response.grpc_status</c>.</summary>
    ResponseGrpcStatus,

    /// <summary><c>response.size</c>: bytes of the body.</summary>
    ResponseSize,

    /// <summary><c>connection.mtls</c>.</summary>
    ConnectionMutualTls,

    /// <summary><c>source.address</c>, with the port.</summary>
    SourceAddress,

    /// <summary><c>source.port</c>.</summary>
    SourcePort,

    /// <summary><c>destination.address</c>, with the port.</summary>
    DestinationAddress,

    /// <summary><c>destination.port</c>.</summary>
    DestinationPort,
}
