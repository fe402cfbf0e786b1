namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A configuration that cannot be used; the message names the file, the field and the remedy.</summary>
public sealed class KubeConfigException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">File, field, what is wrong, what to do.</param>
    public KubeConfigException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    /// <param name="message">File, field, what is wrong, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public KubeConfigException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
