using System.Buffers.Binary;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.CertificateAuthority;
using NodeMesh.Control.Discovery;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;

namespace NodeMesh.Control.RateLimits;

/// <summary>Gives node proxies tokens of limits that the whole mesh shares. A replica that does not keep the buckets passes the question on.</summary>
internal sealed partial class RateLimitEndpoint(IRateLimitLeader leader, NodeAuthorizer authorizer, ITokenAuthenticator tokens, ILogger<RateLimitEndpoint> log)
{
    /// <summary>Marks what a replica passes on: it goes no further, as two replicas may each take the other for the leader.</summary>
    public const string Forwarded = "nodemesh-forwarded";

    // What the numbers of a RateLimitPolicy may be.
    private const int MaxTokens = 1_000_000;

    private static readonly TimeSpan MaxPeriod = TimeSpan.FromHours(24);

    // An ask is some 50 bytes.
    private static readonly GrpcServerOptions Options = new() { MaxReceiveMessageBytes = 128 * RateLimitMethods.MaxAsks };

    /// <summary>Adds the endpoint.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapGrpcUnary(RateLimitMethods.Lease, LeaseAsync, Options);

    private async Task<LeaseResponse> LeaseAsync(LeaseRequest request, GrpcServerContext context, CancellationToken ct)
    {
        var authorization = context.GetMetadata("authorization");
        if (authorizer.Decide(await tokens.FindAsync(authorization, ct), null, out _) is { } refusal)
        {
            LogRefused(log, context.RemoteEndPoint, refusal);
            throw new GrpcException(GrpcStatusCode.Unauthenticated, "the token is not a node proxy's");
        }

        if (request.Asks.Count > RateLimitMethods.MaxAsks)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"{request.Asks.Count} asks are more than the {RateLimitMethods.MaxAsks} that one call may have");
        }

        if (leader.Counts is { } counts)
        {
            return Lease(counts, request);
        }

        return context.GetMetadata(Forwarded) is null
            ? await leader.AskAsync(request, authorization!, ct)
            : throw new GrpcException(GrpcStatusCode.Unavailable, "this replica does not lead");
    }

    private static LeaseResponse Lease(RateLimitCounts counts, LeaseRequest request)
    {
        var response = new LeaseResponse { Keeper = counts.Keeper };
        foreach (var wire in request.Asks)
        {
            var ask = Read(wire);
            var grant = counts.Lease(request.Keeper == counts.Keeper ? ask : ask with { Returned = 0 });
            response.Grants.Add(new LeaseGrant
            {
                Granted = (uint)grant.Granted,
                Left = (uint)grant.Left,
                Wait = Duration.FromTimeSpan(grant.Wait),
                NoRoom = !grant.HasRoom,
            });
        }

        return response;
    }

    private static RateLimitAsk Read(LeaseAsk ask)
    {
        var period = ask.Period?.ToTimeSpan() ?? TimeSpan.Zero;
        if (ask.Key.Length != RateLimitMethods.KeyBytes || period <= TimeSpan.Zero || period > MaxPeriod || ask.Requests is 0 or > MaxTokens || ask.Burst is 0 or > MaxTokens
            || ask.Returned > ask.Burst)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, "an ask's key, requests, period, burst or returned is not what a limit may have");
        }

        return new RateLimitAsk(
            BinaryPrimitives.ReadUInt128BigEndian(ask.Key.Span),
            (int)ask.Requests,
            period,
            (int)ask.Burst,
            (int)Math.Min(ask.Needed, MaxTokens),
            (int)Math.Min(ask.Ahead, MaxTokens),
            (int)ask.Returned);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "tokens of rate limits refused to {RemoteEndPoint}: {Reason}")]
    private static partial void LogRefused(ILogger logger, System.Net.IPEndPoint? remoteEndPoint, string reason);
}
