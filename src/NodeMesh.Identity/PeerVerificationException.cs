using System.Security.Authentication;

namespace NodeMesh.Identity;

/// <summary>A peer's certificate was refused.</summary>
/// <param name="reason">The kind of refusal.</param>
/// <param name="message">What was wrong, with the names involved.</param>
public sealed class PeerVerificationException(PeerVerificationReason reason, string message) : AuthenticationException(message)
{
    /// <summary>The kind of refusal.</summary>
    public PeerVerificationReason Reason { get; } = reason;
}
