namespace NodeMesh.Discovery;

/// <summary>A resource that came over discovery and cannot be used as it is.</summary>
public sealed class DiscoveryFormatException : FormatException
{
    /// <summary>Makes the error.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="field">The field, in the proto's spelling.</param>
    /// <param name="problem">What is wrong with it.</param>
    public DiscoveryFormatException(string resource, string field, string problem)
        : base($"{(resource.Length == 0 ? "(unnamed)" : resource)}: {field}: {problem}")
    {
        Resource = resource;
        Field = field;
    }

    /// <summary>The resource's name.</summary>
    public string Resource { get; }

    /// <summary>The field.</summary>
    public string Field { get; }
}
