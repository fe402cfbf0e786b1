namespace NodeMesh.Linux.Namespaces;

/// <summary>A network namespace could not be opened, or nothing could be made inside it.</summary>
public sealed class NetworkNamespaceException : IOException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Which namespace, and why.</param>
    public NetworkNamespaceException(string message)
        : base(message)
    {
    }
}
