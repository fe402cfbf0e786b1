namespace NodeMesh.Model.Traffic;

/// <summary>Whether TLS is spoken to an endpoint outside the mesh.</summary>
public enum ClientTlsMode
{
    /// <summary>No.</summary>
    Disable,

    /// <summary>Yes, and the server alone proves itself.</summary>
    Simple,

    /// <summary>Yes, and the client proves itself with a certificate from a file.</summary>
    Mutual,

    /// <summary>Yes, and the client proves itself with its identity in the mesh.</summary>
    Mesh,
}
