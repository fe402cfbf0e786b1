namespace NodeMesh.Model;

/// <summary>The mesh's ports: ambient mode's own, on purpose.</summary>
public static class MeshPorts
{
    /// <summary>Outbound capture, in each pod.</summary>
    public const int Outbound = 15001;

    /// <summary>Inbound capture of plaintext, in each pod.</summary>
    public const int InboundPlaintext = 15006;

    /// <summary>HBONE: on the node's own address (shared tunnels) and in each pod (plain ambient peers).</summary>
    public const int Hbone = 15008;

    /// <summary>DNS capture, in each pod.</summary>
    public const int Dns = 15053;

    /// <summary>The proxy's readiness.</summary>
    public const int Readiness = 15021;

    /// <summary>The node agent's readiness.</summary>
    public const int AgentReadiness = 15022;

    /// <summary>The proxy's metrics.</summary>
    public const int Metrics = 15020;

    /// <summary>The proxy's admin, loopback only.</summary>
    public const int Admin = 15000;

    /// <summary>The control plane's xDS and CA, over TLS.</summary>
    public const int Discovery = 15012;

    /// <summary>The control plane's metrics and dashboard API.</summary>
    public const int ControlMetrics = 15014;
}
