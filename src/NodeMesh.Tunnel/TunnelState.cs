namespace NodeMesh.Tunnel;

/// <summary>The state of a tunnel.</summary>
public enum TunnelState
{
    /// <summary>Takes new streams.</summary>
    Open,

    /// <summary>Takes no new streams; closes when the last stream ends.</summary>
    Draining,

    /// <summary>Gone.</summary>
    Closed,
}
