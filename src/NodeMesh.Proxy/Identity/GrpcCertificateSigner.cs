using Google.Protobuf.WellKnownTypes;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;
using NodeMesh.Identity;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Identity;

/// <summary>The control plane's CA, over <c>istio.v1.auth.IstioCertificateService/CreateCertificate</c>.</summary>
/// <param name="channel">The channel to the control plane.</param>
/// <param name="token">What proves this node.</param>
/// <param name="own">The proxy's own identity: asked for as the caller's, not as another's.</param>
/// <param name="clusterId">The cluster's name.</param>
internal sealed class GrpcCertificateSigner(GrpcChannel channel, NodeToken token, SpiffeId own, string clusterId) : ICertificateSigner
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<SignedCertificate> SignAsync(CertificateSigningRequest request, CancellationToken ct)
    {
        var message = new IstioCertificateRequest
        {
            Csr = request.CsrPem,
            ValidityDuration = (long)request.Lifetime.TotalSeconds,
        };
        if (request.Identity != own)
        {
            message.Metadata = new Struct { Fields = { [CertificateMethods.ImpersonatedIdentity] = Value.ForString(request.Identity.ToString()) } };
        }

        try
        {
            var bearer = await token.ReadAsync(ct);
            var options = new GrpcCallOptions
            {
                Metadata = [new("authorization", $"Bearer {bearer}"), new("clusterid", clusterId)],
                Deadline = Deadline,
            };
            return Read(await channel.UnaryAsync(CertificateMethods.CreateCertificate, message, options, ct));
        }
        catch (GrpcException e)
        {
            throw new CertificateSigningException(Reason(e.Code), Explain(e, request.Identity), e);
        }
        catch (IOException e)
        {
            throw new CertificateSigningException(CertificateSigningReason.Unavailable, e.Message, e);
        }
    }

    /// <summary>The leaf comes first and the roots last; all roots may stand in that one element.</summary>
    private static SignedCertificate Read(IstioCertificateResponse response)
    {
        if (response.CertChain.Count < 2)
        {
            throw new CertificateSigningException(CertificateSigningReason.BadAnswer, $"the CA's answer has {response.CertChain.Count} elements; it needs the certificate first and the roots last");
        }

        return new SignedCertificate([.. response.CertChain.Take(response.CertChain.Count - 1)], response.CertChain[^1]);
    }

    private static CertificateSigningReason Reason(GrpcStatusCode code) => code switch
    {
        GrpcStatusCode.Unauthenticated or GrpcStatusCode.PermissionDenied => CertificateSigningReason.Refused,
        GrpcStatusCode.InvalidArgument => CertificateSigningReason.InvalidArgument,
        _ => CertificateSigningReason.Unavailable,
    };

    private static string Explain(GrpcException e, SpiffeId identity) => Reason(e.Code) switch
    {
        CertificateSigningReason.Refused => $"the CA refused {identity} ({e.Message}): either the node's token is not valid, or no pod of this node has the identity yet",
        CertificateSigningReason.InvalidArgument => $"the CA cannot sign for {identity}: {e.Message}",
        _ => $"the CA could not be asked for {identity}: {e.Message}",
    };
}
