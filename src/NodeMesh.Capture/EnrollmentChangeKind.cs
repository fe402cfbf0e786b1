namespace NodeMesh.Capture;

/// <summary>What happened to an enrolment.</summary>
public enum EnrollmentChangeKind
{
    /// <summary>A pod joined.</summary>
    Added,

    /// <summary>A pod's file has other content.</summary>
    Changed,

    /// <summary>A pod left.</summary>
    Removed,

    /// <summary>Everything that was there at the start has been told.</summary>
    Synced,
}
