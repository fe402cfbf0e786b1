namespace NodeMesh.Model;

/// <summary>What is spoken on a service's port, by its <c>appProtocol</c> or the prefix of its name. The first four numbers are ambient mode's own.</summary>
public enum AppProtocol
{
    /// <summary>Nothing is said: whoever needs to know looks at the first bytes.</summary>
    Unknown = 0,

    /// <summary>HTTP/1.1, or what a connection upgrades to from it (<c>http</c>, <c>kubernetes.io/ws</c>, <c>grpc-web</c>).</summary>
    Http11 = 1,

    /// <summary>HTTP/2 with prior knowledge (<c>http2</c>, <c>kubernetes.io/h2c</c>).</summary>
    Http2 = 2,

    /// <summary>gRPC: HTTP/2, and errors as a gRPC status (<c>grpc</c>).</summary>
    Grpc = 3,

    /// <summary>Bytes that nobody reads (<c>tcp</c>, and names of protocols that are none of HTTP).</summary>
    Tcp = 100,

    /// <summary>TLS that the applications end themselves (<c>tls</c>, <c>https</c>, <c>kubernetes.io/wss</c>): only its server name can be seen.</summary>
    Tls = 101,
}
