namespace NodeMesh.Identity;

/// <summary>A CA's directory cannot be used.</summary>
/// <param name="message">The file, what is wrong with it, and what mends it.</param>
/// <param name="cause">The error below, if there was one.</param>
public sealed class CertificateAuthorityException(string message, Exception? cause = null) : Exception(message, cause);
