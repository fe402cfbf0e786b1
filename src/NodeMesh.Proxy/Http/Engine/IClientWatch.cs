namespace NodeMesh.Proxy.Http.Engine;

/// <summary>Notices that the client went away while nobody reads from it, as while its answer is being waited for. A feature of HTTP/1 connections.</summary>
internal interface IClientWatch
{
    /// <summary>Ends when the client has gone away.</summary>
    CancellationToken Gone { get; }

    /// <summary>Begins to watch, until the next read. Only while the engine does not read: after the request's body.</summary>
    void Watch();
}
