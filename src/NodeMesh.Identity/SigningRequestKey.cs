using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Identity;

/// <summary>Makes and reads PKCS #10 requests (RFC 2986). Of a request that is read only the public key counts.</summary>
internal static class SigningRequestKey
{
    // A P-384 request with two URIs is under 1 KiB; more is somebody testing our parser.
    private const int MaxPemLength = 16 * 1024;

    private const string P256Oid = "1.2.840.10045.3.1.7";
    private const string P384Oid = "1.3.132.0.34";

    /// <summary>A request for URIs alone: empty subject, no common name.</summary>
    public static string Create(ECDsa key, IEnumerable<string> uris)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(SubjectNames.Create(uris, critical: true));
        return request.CreateSigningRequestPem();
    }

    /// <summary>Reads a request, verifies that its own key signed it, and returns that key.</summary>
    /// <exception cref="CertificateSigningException">It is malformed, wrongly signed, or its key is of another kind.</exception>
    public static PublicKey Verify(string pem)
    {
        if (pem.Length > MaxPemLength)
        {
            throw new CertificateSigningException(CertificateSigningReason.MalformedRequest, $"the certificate request is longer than {MaxPemLength} characters");
        }

        PublicKey key;
        try
        {
            key = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.SkipSignatureValidation).PublicKey;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateSigningException(CertificateSigningReason.MalformedRequest, $"csr: not a PKCS #10 request in PEM: {e.Message}", e);
        }

        RequireSupported(key);
        try
        {
            CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            throw new CertificateSigningException(CertificateSigningReason.BadSignature, $"csr: not signed by the key that it carries: {e.Message}", e);
        }
    }

    /// <summary>Refuses keys other than ECDSA on P-256 and P-384.</summary>
    /// <exception cref="CertificateSigningException">It is another kind, or not a point on its curve.</exception>
    public static void RequireSupported(PublicKey key)
    {
        try
        {
            using var ecdsa = key.GetECDsaPublicKey();
            if (ecdsa?.ExportParameters(includePrivateParameters: false).Curve.Oid.Value is P256Oid or P384Oid)
            {
                return;
            }
        }
        catch (CryptographicException e)
        {
            throw new CertificateSigningException(CertificateSigningReason.UnsupportedKey, $"csr: the key cannot be read: {e.Message}", e);
        }

        throw new CertificateSigningException(CertificateSigningReason.UnsupportedKey, "csr: the key must be ECDSA on P-256 or P-384");
    }
}
