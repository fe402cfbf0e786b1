namespace NodeMesh.Kubernetes.Informers;

/// <summary>What metrics ask of an informer.</summary>
internal interface IInformerState
{
    string Resource { get; }

    int Count { get; }

    TimeSpan Staleness { get; }
}
