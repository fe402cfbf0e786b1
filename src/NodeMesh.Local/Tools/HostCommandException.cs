namespace NodeMesh.Local.Tools;

/// <summary>A tool of the machine failed.</summary>
public sealed class HostCommandException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What failed, with the tool's own words.</param>
    public HostCommandException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What failed, with the tool's own words.</param>
    /// <param name="inner">The cause.</param>
    public HostCommandException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Makes the error.</summary>
    public HostCommandException()
    {
    }
}
