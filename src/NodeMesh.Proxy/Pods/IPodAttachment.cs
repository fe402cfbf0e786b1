namespace NodeMesh.Proxy.Pods;

/// <summary>Something that runs for each captured pod beside the data path, such as DNS. All registered attachments are started when a pod is captured and disposed when it goes.</summary>
internal interface IPodAttachment
{
    /// <summary>Starts for a pod.</summary>
    /// <param name="pod">The captured pod; <c>pod.Captured</c> has its sockets.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>What stops it again.</returns>
    ValueTask<IAsyncDisposable> AttachAsync(PodRuntime pod, CancellationToken cancellationToken);
}
