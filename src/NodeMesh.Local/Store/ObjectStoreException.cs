namespace NodeMesh.Local.Store;

/// <summary>Objects cannot be applied as they are.</summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Makes the error.</summary>
    public ObjectStoreException()
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong, with resource, field and remedy.</param>
    public ObjectStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong, with resource, field and remedy.</param>
    /// <param name="inner">The cause.</param>
    public ObjectStoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
