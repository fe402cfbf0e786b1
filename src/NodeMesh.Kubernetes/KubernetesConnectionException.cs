namespace NodeMesh.Kubernetes;

/// <summary>The API server did not answer: it cannot be reached, is not trusted, or took too long. What was asked may or may not have been done.</summary>
public sealed class KubernetesConnectionException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Server, cause, remedy.</param>
    public KubernetesConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error with its cause.</summary>
    /// <param name="message">Server, cause, remedy.</param>
    /// <param name="innerException">The cause.</param>
    public KubernetesConnectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>It took too long.</summary>
    public bool IsTimeout { get; init; }
}
