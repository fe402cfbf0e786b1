namespace NodeMesh.Identity;

/// <summary>Where an identity's certificate stands.</summary>
public enum CertificateState
{
    /// <summary>There is none yet, and the first attempt is waiting or under way.</summary>
    Initializing = 0,

    /// <summary>There is a valid one.</summary>
    Available = 1,

    /// <summary>There is none, or it expired, and the last attempt failed.</summary>
    Unavailable = 2,
}
