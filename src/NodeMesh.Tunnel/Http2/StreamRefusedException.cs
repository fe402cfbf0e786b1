using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Tunnel.Http2;

/// <summary>The peer says that it has not looked at a request (REFUSED_STREAM, or a GOAWAY below it): it may be sent again (RFC 9113 section 8.7).</summary>
internal sealed class StreamRefusedException(string message) : ConnectionResetException(message);
