namespace NodeMesh.Cli.Proxy;

/// <summary>The ports that the commands talk to.</summary>
internal enum MeshPort
{
    /// <summary>A node proxy's admin port, loopback alone.</summary>
    Admin,

    /// <summary>A node proxy's metrics.</summary>
    Metrics,

    /// <summary>A node agent's readiness; local meshes have no agents.</summary>
    Agent,

    /// <summary>The control plane's health, metrics and debug answers.</summary>
    Control,
}
