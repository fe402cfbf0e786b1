namespace NodeMesh.Proxy.Http.Upstream.Http1;

/// <summary>A request has characters in it that HTTP/1 cannot carry, such as a line feed in a header that came by HTTP/2: written, it would be two requests.</summary>
/// <param name="part">Which part.</param>
internal sealed class Http1ForbiddenException(string part) : IOException($"the {part} has characters that HTTP/1.1 cannot carry");
