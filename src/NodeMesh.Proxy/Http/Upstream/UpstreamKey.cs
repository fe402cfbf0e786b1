using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>What tells upstream connections of one pod apart: a connection made for one key must never carry requests of another.</summary>
/// <param name="Uid">The endpoint's UID; empty outside the mesh.</param>
/// <param name="Identity">Whom its connections were made to; null without mutual TLS.</param>
/// <param name="EndPoint">The endpoint's own address and port; null for a name.</param>
/// <param name="Hostname">The name to resolve; else empty.</param>
/// <param name="Route">How they leave.</param>
/// <param name="Tunnel">Where the tunnel ends; null without one.</param>
/// <param name="Tls">TLS towards the endpoint; null for none.</param>
/// <param name="IsHttp2">Whether they speak HTTP/2.</param>
/// <param name="Limits">What a policy says of them; null for nothing.</param>
internal readonly record struct UpstreamKey(
    string Uid, SpiffeId? Identity, IPEndPoint? EndPoint, string Hostname, OutboundRoute Route, IPEndPoint? Tunnel, OutboundTls? Tls, bool IsHttp2, UpstreamLimits? Limits)
{
    /// <summary>The key of a decision.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="isHttp2">Whether the endpoint is spoken to in HTTP/2.</param>
    /// <param name="limits">What a policy says of its connections; null for nothing.</param>
    /// <returns>The key.</returns>
    public static UpstreamKey Of(OutboundDecision decision, bool isHttp2, UpstreamLimits? limits) => new(
        decision.Workload?.Uid ?? "", decision.Workload?.Identity, decision.Endpoint, decision.Hostname, decision.Route, decision.Tunnel, decision.Tls, isHttp2, limits);
}
