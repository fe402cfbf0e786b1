namespace NodeMesh.Resources.Explanation;

/// <summary>How an endpoint is chosen.</summary>
/// <param name="Policy">The choice, as DestinationRules name it; <c>RING_HASH</c> or <c>MAGLEV</c> by a hash.</param>
/// <param name="HashOn">What is hashed: <c>header</c>, <c>cookie</c>, <c>sourceIp</c> or <c>queryParameter</c>; null for no hash.</param>
/// <param name="HashKey">The name of the header, cookie or parameter.</param>
public sealed record ExplainLoadBalancing(string Policy, string? HashOn = null, string? HashKey = null);
