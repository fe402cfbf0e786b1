namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>What became of a copy of a request.</summary>
internal enum MirrorResult
{
    /// <summary>An endpoint answered it; the answer is thrown away.</summary>
    Answered,

    /// <summary>It could not be sent, or was not answered.</summary>
    Failed,

    /// <summary>It was not sent: no endpoint, a limit, or its body fell behind.</summary>
    Dropped,
}
