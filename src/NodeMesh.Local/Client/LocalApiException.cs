using System.Collections.Immutable;

namespace NodeMesh.Local.Client;

/// <summary>The daemon refused a request, or there is none.</summary>
public sealed class LocalApiException : Exception
{
    /// <summary>Makes the error.</summary>
    public LocalApiException()
    {
    }

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong.</param>
    public LocalApiException(string message)
        : base(message) => Errors = [message];

    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="inner">The cause.</param>
    public LocalApiException(string message, Exception inner)
        : base(message, inner) => Errors = [message];

    /// <summary>Makes the error.</summary>
    /// <param name="errors">What is wrong, one line each.</param>
    public LocalApiException(ImmutableArray<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>What is wrong, one line each.</summary>
    public ImmutableArray<string> Errors { get; } = [];
}
