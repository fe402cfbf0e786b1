using System.Globalization;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>Asks endpoints over the way that a pod's requests take: the same connector, tunnels, identities and policies.</summary>
/// <param name="pools">The pods' upstream connections.</param>
/// <param name="state">The model.</param>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointProbe(UpstreamPools pools, MeshState state, ProxyConfiguration configuration, TimeProvider time) : IHealthProbe, IDisposable
{
    /// <summary>Checks of this node at once; a service of thousands of endpoints must not open as many connections in one instant.</summary>
    private const int MostAtOnce = 64;

    // A path may have escapes that a server wants as they are.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly SemaphoreSlim _turns = new(MostAtOnce);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckAsync(HealthCheckTarget target, CancellationToken cancellationToken)
    {
        var check = target.Check;
        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return HealthCheckResult.Unknown;
        }

        using var timer = new CancellationTokenSource(check.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await AskAsync(target, both.Token);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested
                ? HealthCheckResult.Unknown
                : HealthCheckResult.Failed(string.Create(CultureInfo.InvariantCulture, $"no answer within {check.Timeout.TotalSeconds:0.###} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or FormatException)
        {
            // The last for a path that is no URI's: the check has to fail, not to end.
            return cancellationToken.IsCancellationRequested ? HealthCheckResult.Unknown : HealthCheckResult.Failed(Describe(e));
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private static string Describe(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error.Message;
    }

    /// <summary>A check of the port that traffic goes to speaks what that port says that it speaks.</summary>
    private static bool SpeaksHttp2(HealthCheckTarget target) => target.Check.Kind == HealthCheckKind.Grpc
        || (target.Check.Port == 0
            && (target.Settings.ConnectionPool?.UpgradeToHttp2 ?? target.Service.FindPort(target.ServicePort)?.Protocol is AppProtocol.Http2 or AppProtocol.Grpc));

    private async Task<HealthCheckResult> AskAsync(HealthCheckTarget target, CancellationToken cancellationToken)
    {
        if (target.Pod.Addresses is not [var first, ..] || pools.Find(target.Pod) is not { } pool)
        {
            return HealthCheckResult.Unknown;
        }

        var isHttp2 = SpeaksHttp2(target);
        var decision = Decide(target, isHttp2);
        if (decision.Route == OutboundRoute.Refuse)
        {
            return HealthCheckResult.Failed(decision.Reason);
        }

        var upstream = pool.Find(decision, isHttp2, null);
        var source = new IPEndPoint(target.Pod.Addresses.FirstOrDefault(a => a.AddressFamily == decision.Endpoint?.AddressFamily) ?? first, 0);
        if (target.Check.Kind == HealthCheckKind.Tcp)
        {
            await pool.ConnectOnceAsync(upstream, source, cancellationToken);
            return HealthCheckResult.Passed;
        }

        using var message = Message(target, upstream);
        message.Options.Set(PodUpstreams.Target, upstream);
        message.Options.Set(PodUpstreams.Source, source);
        using var response = await pool.SendAsync(message, cancellationToken);
        return target.Check.Kind == HealthCheckKind.Grpc
            ? await GrpcHealthMessage.JudgeAsync(response, cancellationToken)
            : Judge(target.Check, (int)response.StatusCode);
    }

    private OutboundDecision Decide(HealthCheckTarget target, bool isHttp2)
    {
        var destination = new IPEndPoint(
            target.Service.Addresses is [var address, ..] ? address : target.Endpoint.Addresses is [var own, ..] ? own : IPAddress.Any, target.ServicePort);
        var placement = ClientPlacement.Of(target.Client) with { Node = configuration.Node };
        var request = new OutboundRequest(destination, placement, configuration.TrustDomain, configuration.NodeAddresses, configuration.RegistryOnly);
        var decision = OutboundRouting.ToEndpoint(state.Current, request, target.Service, new EndpointChoice(target.Endpoint, target.Port));
        return OutboundTls.Apply(decision, target.Settings.Tls, target.Service.Hostname, isHttp2 ? "h2" : "http/1.1");
    }

    private static HttpRequestMessage Message(HealthCheckTarget target, UpstreamTarget upstream)
    {
        var isGrpc = target.Check.Kind == HealthCheckKind.Grpc;
        var message = new HttpRequestMessage(
            isGrpc ? HttpMethod.Post : HttpMethod.Get, new Uri(upstream.Prefix + (isGrpc ? GrpcHealthMessage.Path : target.Check.Path), AsWritten))
        {
            Version = upstream.Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = isGrpc ? GrpcHealthMessage.Request(target.Check.Service) : null,
        };
        message.Headers.TryAddWithoutValidation("Host", target.Check.Host.Length > 0 ? target.Check.Host : target.Service.Hostname);
        message.Headers.TryAddWithoutValidation("User-Agent", "nodemesh-health-check");
        if (isGrpc)
        {
            message.Headers.TryAddWithoutValidation("TE", "trailers");
        }

        return message;
    }

    private static HealthCheckResult Judge(HealthCheck check, int status) =>
        check.ExpectedStatuses.IsEmpty ? status == 200 ? HealthCheckResult.Passed : Unexpected(status)
        : check.ExpectedStatuses.AsSpan().Contains(status) ? HealthCheckResult.Passed : Unexpected(status);

    private static HealthCheckResult Unexpected(int status) => HealthCheckResult.Failed($"status {status}");
}
