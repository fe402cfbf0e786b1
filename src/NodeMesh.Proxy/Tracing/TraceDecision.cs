namespace NodeMesh.Proxy.Tracing;

/// <summary>What a request's caller says of its trace.</summary>
internal enum TraceDecision
{
    /// <summary>Nothing: who comes next decides.</summary>
    Deferred,

    /// <summary>It is not recorded.</summary>
    Drop,

    /// <summary>It is recorded.</summary>
    Record,

    /// <summary>It is recorded, and more than that for those who understand B3's debug flag.</summary>
    Debug,
}
