using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Discovery;
using NodeMesh.Control.Hosting;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;
using NodeMesh.Identity;

namespace NodeMesh.Control.CertificateAuthority;

/// <summary>Signs workload certificates for node proxies. Of a request only the public key is used; names and lifetime come from here.</summary>
internal sealed partial class CertificateEndpoint(
    Identity.CertificateAuthority authority,
    NodeAuthorizer authorizer,
    ITokenAuthenticator tokens,
    TimeSpan maxLifetime,
    ControlMetrics metrics,
    ILogger<CertificateEndpoint> log)
{
    // A request is a key, a few names and a metadata field; what is larger is an attack.
    private static readonly GrpcServerOptions Options = new() { MaxReceiveMessageBytes = 64 * 1024 };

    /// <summary>Adds the endpoint.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGrpcUnary(CertificateMethods.CreateCertificate, SignAsync, Options);

    private async Task<IstioCertificateResponse> SignAsync(IstioCertificateRequest request, GrpcServerContext context, CancellationToken ct)
    {
        var owner = await tokens.FindAsync(context.GetMetadata("authorization"), ct);
        var impersonated = Impersonated(request);
        if (authorizer.Decide(owner, impersonated, out var uris) is { } refusal)
        {
            throw owner is null || authorizer.HasConfiguration ? Refuse(owner, impersonated, context, refusal) : NotReady(impersonated, owner);
        }

        try
        {
            var signed = authority.Sign(request.Csr, uris, Lifetime(request.ValidityDuration));
            metrics.CertificateIssued();
            LogSigned(log, uris[0], owner!.Node);
            var response = new IstioCertificateResponse();
            response.CertChain.AddRange(signed.ChainPem);
            response.CertChain.Add(signed.RootsPem);
            return response;
        }
        catch (CertificateSigningException e)
        {
            throw Refuse(owner, impersonated, context, e.Message);
        }
    }

    private TimeSpan Lifetime(long seconds) => seconds > 0 && seconds < (long)maxLifetime.TotalSeconds ? TimeSpan.FromSeconds(seconds) : maxLifetime;

    private GrpcException Refuse(TokenOwner? owner, string? impersonated, GrpcServerContext context, string reason)
    {
        metrics.CertificateRefused();
        LogRefused(log, impersonated ?? "", owner?.Node ?? "", context.RemoteEndPoint, reason);

        // One answer for every reason: it must not tell a thief what the token could do elsewhere.
        return new GrpcException(GrpcStatusCode.Unauthenticated, "request authenticate failure");
    }

    /// <summary>A start is no attack: the proxy tries again, and nobody is alarmed.</summary>
    private GrpcException NotReady(string? impersonated, TokenOwner owner)
    {
        LogNotReady(log, impersonated ?? "", owner.Node);
        return new GrpcException(GrpcStatusCode.Unavailable, "the control plane has not read its configuration yet");
    }

    private static string? Impersonated(IstioCertificateRequest request)
    {
        if (request.Metadata?.Fields.TryGetValue(CertificateMethods.ImpersonatedIdentity, out var value) != true)
        {
            return null;
        }

        // A value of another kind must not count as absent, which would mean the proxy's own identity.
        return value!.KindCase == Value.KindOneofCase.StringValue ? value.StringValue : $"({value.KindCase})";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "signed {Identity} for node {Node}")]
    private static partial void LogSigned(ILogger logger, string identity, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "cannot sign {Identity} for node {Node} yet: the configuration has not been read")]
    private static partial void LogNotReady(ILogger logger, string identity, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused to sign '{Identity}' for node '{Node}' at {RemoteEndPoint}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string identity, string node, System.Net.IPEndPoint? remoteEndPoint, string reason);
}
