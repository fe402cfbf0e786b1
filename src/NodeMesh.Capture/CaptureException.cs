namespace NodeMesh.Capture;

/// <summary>A pod could not be captured or released.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Which pod or annotation, what is wrong, and what mends it.</param>
    /// <param name="inner">The cause.</param>
    public CaptureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
