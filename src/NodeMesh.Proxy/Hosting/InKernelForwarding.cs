namespace NodeMesh.Proxy.Hosting;

/// <summary>What may move in the kernel.</summary>
internal enum InKernelForwarding
{
    /// <summary>Nothing.</summary>
    Disabled,

    /// <summary>Messages between an application and the proxy; every byte passes the proxy.</summary>
    Proxied,

    /// <summary>These, and those between two applications of the node, past the proxy.</summary>
    Enabled,
}
