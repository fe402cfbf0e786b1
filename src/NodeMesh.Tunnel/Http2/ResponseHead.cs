namespace NodeMesh.Tunnel.Http2;

/// <summary>The head of a response.</summary>
/// <param name="Status">Three digits.</param>
/// <param name="Headers">The fields without <c>:status</c>.</param>
internal sealed record ResponseHead(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers);
