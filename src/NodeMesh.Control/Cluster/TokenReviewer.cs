using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Discovery;
using NodeMesh.Control.Hosting;
using NodeMesh.Grpc;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// Asks the API server whom a token proves. Only tokens that are made for the CA, bound to a pod of the node proxies' account, count: the pod says which
/// node the bearer is on, and the token ends with it.
/// </summary>
internal sealed partial class TokenReviewer(KubernetesClient client, ControlConfiguration configuration, TimeProvider time, ILogger<TokenReviewer> log) : ITokenAuthenticator
{
    /// <summary>The audience that tokens must be for.</summary>
    public const string Audience = "nodemesh-ca";

    /// <summary>How long an answer counts: as long as the API server itself remembers tokens.</summary>
    private static readonly TimeSpan Remember = TimeSpan.FromSeconds(10);

    /// <summary>More than nodes of a cluster; a flood of made-up tokens must not fill the memory.</summary>
    private const int MaxRemembered = 20_000;

    private const string Scheme = "Bearer ";
    private const string Extra = "authentication.kubernetes.io/";
    private readonly ConcurrentDictionary<string, (TokenOwner? Owner, long At)> _remembered = new(StringComparer.Ordinal);
    private readonly string _account = $"system:serviceaccount:{configuration.MeshNamespace}:{configuration.ProxyServiceAccount}";

    /// <inheritdoc/>
    public async ValueTask<TokenOwner?> FindAsync(string? authorization, CancellationToken ct)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization[Scheme.Length..].Trim() is not { Length: > 0 } token)
        {
            return null;
        }

        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_remembered.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < Remember)
        {
            return known.Owner;
        }

        try
        {
            var owner = await ReviewAsync(token, ct);
            if (_remembered.Count >= MaxRemembered)
            {
                _remembered.Clear();
            }

            _remembered[key] = (owner, time.GetTimestamp());
            return owner;
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
        {
            LogFailed(log, e.Message);
            throw new GrpcException(GrpcStatusCode.Unavailable, "the API server, which knows tokens, cannot be asked");
        }
    }

    private async Task<TokenOwner?> ReviewAsync(string token, CancellationToken ct)
    {
        var review = await client.ReviewTokenAsync(token, [Audience], ct);
        if (review.Authenticated != true || review.User is not { } user)
        {
            return null;
        }

        if (user.Username != _account)
        {
            LogOther(log, user.Username ?? "");
            return null;
        }

        if (One(user, "pod-name") is not { } name || One(user, "pod-uid") is not { } uid)
        {
            LogUnbound(log, _account);
            return null;
        }

        // The API server tells the node only since 1.30; the pod has always told it.
        var pod = await client.Resources(KubernetesKinds.Pods).InNamespace(configuration.MeshNamespace).FindAsync(name, ct);
        return pod is { Spec.NodeName: { Length: > 0 } node } && pod.Metadata.Uid == uid
            ? new TokenOwner(node, $"{configuration.MeshNamespace}/{configuration.ProxyServiceAccount}")
            : null;
    }

    private static string? One(V1UserInfo user, string name) => user.Extra is { } extra && extra.TryGetValue(Extra + name, out var values) && values is [var value] ? value : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "a token cannot be reviewed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused a token of {User}, which is no node proxy")]
    private static partial void LogOther(ILogger logger, string user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused a token of {Account} that is bound to no pod; mount a projected one")]
    private static partial void LogUnbound(ILogger logger, string account);
}
