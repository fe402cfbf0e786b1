namespace NodeMesh.Kubernetes.Informers;

/// <summary>An informer of any kind.</summary>
public interface IInformer : IAsyncDisposable
{
    /// <summary>The kind.</summary>
    KubernetesKind Kind { get; }

    /// <summary>It has had a complete list.</summary>
    bool HasSynced { get; }

    /// <summary>Why it is not up to date; null while it is.</summary>
    Exception? LastError { get; }

    /// <summary>For how long it has had no open watch: what it holds may be this old. Zero while it has one.</summary>
    TimeSpan Staleness { get; }

    /// <summary>Starts listing and watching; does nothing when it has.</summary>
    void Start();

    /// <summary>Waits for the first complete list.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is there.</returns>
    Task WaitForSyncAsync(CancellationToken ct = default);
}
