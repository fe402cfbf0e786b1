using System.Net.Http.Headers;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>Who we are, for one request.</summary>
/// <param name="Authorization">The header; null when the certificate says it.</param>
/// <param name="Certificate">Our certificate; the same object as long as it is the same certificate, since connections belong to it.</param>
internal sealed record RequestCredential(AuthenticationHeaderValue? Authorization, ClientCertificate? Certificate)
{
    /// <summary>Nobody.</summary>
    public static RequestCredential Anonymous { get; } = new(null, null);
}
