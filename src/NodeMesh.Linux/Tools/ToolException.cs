namespace NodeMesh.Linux.Tools;

/// <summary>A tool is missing or failed.</summary>
public sealed class ToolException : IOException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">The command and what it said.</param>
    /// <param name="inner">The cause, when it could not be started.</param>
    public ToolException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
