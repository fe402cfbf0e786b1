namespace NodeMesh.Cli.Demo;

/// <summary>What a capture between the nodes saw.</summary>
/// <param name="ControlSeen">True when the marker of the call between unmeshed pods was seen: else the capture proves nothing.</param>
/// <param name="PlaintextSeen">True when the marker of the meshed call was seen.</param>
/// <param name="TunnelBytes">Payload bytes to and from port 15008.</param>
/// <param name="Packets">Packets captured.</param>
internal sealed record WireReport(bool ControlSeen, bool PlaintextSeen, long TunnelBytes, int Packets);
