namespace NodeMesh.Tunnel.Http2;

/// <summary>The head of a request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Authority">The authority; may be empty where the method is not CONNECT.</param>
/// <param name="Headers">The fields that are not pseudo-header fields.</param>
internal sealed record RequestHead(string Method, string Authority, IReadOnlyList<KeyValuePair<string, string>> Headers);
