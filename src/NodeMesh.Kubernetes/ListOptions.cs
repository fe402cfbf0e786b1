namespace NodeMesh.Kubernetes;

/// <summary>Which objects to list or watch.</summary>
public sealed record ListOptions
{
    /// <summary>Such as <c>app=web,tier!=cache</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Such as <c>spec.nodeName=node-1</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects per page.</summary>
    public int? Limit { get; init; }

    /// <summary>The next page's mark, from the page before.</summary>
    public string? Continue { get; init; }

    /// <summary>Not older than this; <c>0</c> takes what the server has in memory, in one page; missing asks for the newest.</summary>
    public string? ResourceVersion { get; init; }
}
