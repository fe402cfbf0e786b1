namespace NodeMesh.Proxy.Forwarding;

/// <summary>
/// The header of a CONNECT request on a node's shared tunnel that says which identity the client means. The tunnel's certificate proves only the node; so
/// the node itself refuses when the address has gone to another workload that the client has not heard of yet. Plain ambient peers neither send nor need
/// it: their tunnel ends at the workload's own certificate.
/// </summary>
internal static class DestinationIdentity
{
    /// <summary>The header's name; its value is a SPIFFE ID.</summary>
    public const string Name = "nodemesh-destination";
}
