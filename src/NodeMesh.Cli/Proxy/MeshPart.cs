namespace NodeMesh.Cli.Proxy;

/// <summary>A server of a mesh: one of the ports of a proxy, or of a replica of the control plane.</summary>
/// <param name="Port">Which of its ports.</param>
/// <param name="Name">The proxy's node, or the name of the control plane's replica.</param>
internal readonly record struct MeshPart(MeshPort Port, string Name)
{
    /// <summary>Whom the user is told of.</summary>
    public string Who => Port switch
    {
        MeshPort.Control => $"the control plane ({Name})",
        MeshPort.Agent => $"the agent of {Name}",
        _ => $"the proxy of {Name}",
    };
}
