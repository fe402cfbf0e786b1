namespace NodeMesh.Local.Pods;

/// <summary>A container cannot start as it is configured: something that it names is missing. It may come, so the pod waits.</summary>
internal sealed class PodConfigException : Exception
{
    /// <summary>Makes the error.</summary>
    public PodConfigException()
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is missing.</param>
    public PodConfigException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is missing.</param>
    /// <param name="inner">The cause.</param>
    public PodConfigException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
