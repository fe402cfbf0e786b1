namespace NodeMesh.Resources.Explanation;

/// <summary>A request that cannot be answered: what is missing or wrong in it.</summary>
public sealed class ExplainException : Exception
{
    /// <summary>Without a reason.</summary>
    public ExplainException()
    {
    }

    /// <summary>With a reason.</summary>
    /// <param name="message">The field, what is wrong, and what to write.</param>
    public ExplainException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and a cause.</summary>
    /// <param name="message">The field, what is wrong, and what to write.</param>
    /// <param name="innerException">The cause.</param>
    public ExplainException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
