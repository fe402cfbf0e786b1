namespace NodeMesh.Model.Traffic;

/// <summary>What requests are counted by.</summary>
public enum RateLimitKeyKind
{
    /// <summary>The client's identity.</summary>
    SourceIdentity,

    /// <summary>The client's namespace.</summary>
    SourceNamespace,

    /// <summary>The client's address.</summary>
    RemoteAddress,

    /// <summary>A header's value.</summary>
    Header,

    /// <summary>The path.</summary>
    Path,

    /// <summary>The method.</summary>
    Method,
}
