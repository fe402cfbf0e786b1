namespace NodeMesh.Model;

/// <summary>A transport protocol. The node proxy carries TCP alone; the others are kept so that a rule for them does not match TCP.</summary>
public enum NetworkProtocol
{
    /// <summary>TCP.</summary>
    Tcp = 0,

    /// <summary>UDP.</summary>
    Udp = 1,

    /// <summary>SCTP.</summary>
    Sctp = 2,
}
