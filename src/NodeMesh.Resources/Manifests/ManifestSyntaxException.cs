namespace NodeMesh.Resources.Manifests;

/// <summary>Text that is not YAML or JSON.</summary>
public sealed class ManifestSyntaxException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong, and the remedy.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    public ManifestSyntaxException(string message, int line, int column)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column, from 1.</summary>
    public int Column { get; }
}
