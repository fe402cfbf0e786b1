namespace NodeMesh.Model;

/// <summary>How a workload is reached.</summary>
public enum TunnelProtocol
{
    /// <summary>Plain TCP: the workload is outside the mesh, or policy disables mutual TLS for it.</summary>
    None = 0,

    /// <summary>HBONE: HTTP/2 CONNECT over mutual TLS 1.3 on port 15008.</summary>
    Hbone = 1,
}
