using System.Net;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel;

/// <summary>One tunnel of a pool, as it was at the moment of the question.</summary>
/// <param name="TunnelId">A number unique in the process.</param>
/// <param name="Target">What it was opened for.</param>
/// <param name="Peer">The far end's certificate.</param>
/// <param name="LocalEndPoint">Our end of the TCP connection.</param>
/// <param name="State">Whether it takes new streams.</param>
/// <param name="ActiveStreams">Streams open now.</param>
/// <param name="TotalStreams">Streams opened since it exists.</param>
/// <param name="BytesSent">Bytes of connections' data sent.</param>
/// <param name="BytesReceived">Bytes of connections' data received.</param>
/// <param name="OpenedAt">When the handshake was done.</param>
/// <param name="CertificateNotAfter">When the certificate that we presented on it expires.</param>
public sealed record TunnelInfo(
    long TunnelId,
    TunnelTarget Target,
    PeerCertificate Peer,
    IPEndPoint? LocalEndPoint,
    TunnelState State,
    int ActiveStreams,
    long TotalStreams,
    long BytesSent,
    long BytesReceived,
    DateTimeOffset OpenedAt,
    DateTimeOffset CertificateNotAfter);
