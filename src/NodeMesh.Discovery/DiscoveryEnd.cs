namespace NodeMesh.Discovery;

/// <summary>Why a discovery stream ended: the words of ambient mode's metric.</summary>
public enum DiscoveryEnd
{
    /// <summary>No stream could be opened.</summary>
    ConnectionError,

    /// <summary>An open stream broke, or what it brought could not be taken.</summary>
    Error,

    /// <summary>The control plane asked us to connect anew, as one that stops does.</summary>
    Reconnect,

    /// <summary>The control plane ended the stream in order, or this client stops.</summary>
    Complete,
}
