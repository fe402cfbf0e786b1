using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>A request to a CA.</summary>
/// <param name="Identity">The identity wanted.</param>
/// <param name="CsrPem">The PKCS #10 request in PEM; a CA takes only its public key.</param>
/// <param name="Lifetime">The lifetime wanted; a CA may shorten it.</param>
public sealed record CertificateSigningRequest(SpiffeId Identity, string CsrPem, TimeSpan Lifetime);
