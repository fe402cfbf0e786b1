using NodeMesh.Identity;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>The CA, asked without a wire between; gives the proxy's own identity its node's name, as the control plane does.</summary>
internal sealed class TestSigner(CertificateAuthority authority, SpiffeId proxy, NodeId node) : ICertificateSigner
{
    public Task<SignedCertificate> SignAsync(CertificateSigningRequest request, CancellationToken ct)
    {
        string[] uris = request.Identity == proxy ? [request.Identity.ToString(), node.ToString()] : [request.Identity.ToString()];
        return Task.FromResult(authority.Sign(request.CsrPem, uris, request.Lifetime));
    }
}
