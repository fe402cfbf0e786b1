using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery;

/// <summary>The methods of <c>istio.v1.auth.IstioCertificateService</c>.</summary>
public static class CertificateMethods
{
    /// <summary>The key of the request's metadata under which a node's proxy names the identity that it wants for one of its pods.</summary>
    public const string ImpersonatedIdentity = "ImpersonatedIdentity";

    /// <summary>Signs a public key.</summary>
    public static GrpcMethod<IstioCertificateRequest, IstioCertificateResponse> CreateCertificate { get; } =
        new("istio.v1.auth.IstioCertificateService", "CreateCertificate", IstioCertificateRequest.Parser, IstioCertificateResponse.Parser);
}
