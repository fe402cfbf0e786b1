namespace NodeMesh.Model.Traffic;

/// <summary>What a consistent hash is made of.</summary>
public enum HashKeyKind
{
    /// <summary>A header.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>The client's address.</summary>
    SourceIp,

    /// <summary>A query parameter.</summary>
    QueryParameter,
}
