namespace NodeMesh.Resources.Kinds;

/// <summary>A Kubernetes resource, bound to its kind's type.</summary>
public abstract record Resource
{
    /// <summary>Group and version; empty stands for the kind's preferred one when written.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The kind; empty stands for the type's own when written.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name, namespace, labels and the like.</summary>
    public required ObjectMeta Metadata { get; init; }
}
