namespace NodeMesh.Proxy.State;

/// <summary>Which end of a connection this proxy speaks for; the metrics' <c>reporter</c>.</summary>
internal enum ConnectionDirection
{
    /// <summary>The client is a pod of this node: <c>reporter="source"</c>.</summary>
    Outbound,

    /// <summary>The server is a pod of this node: <c>reporter="destination"</c>.</summary>
    Inbound,
}
