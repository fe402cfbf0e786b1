using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using NodeMesh.Capture;
using NodeMesh.Dns;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>
/// The addresses of endpoints that are known by name (ServiceEntry with DNS resolution), asked for when a connection needs them and kept as long as the answer
/// says. An answer that cannot be renewed is used on for a while, so that a name server that is away does not stop what has worked.
/// </summary>
/// <param name="servers">The name servers.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamNames(ImmutableArray<IPEndPoint> servers, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How long an answer counts that cannot be renewed.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.Ordinal);

    /// <summary>Finds the addresses of a name.</summary>
    /// <param name="pod">The pod that connects; it asks from its own namespace, so that its network policies hold.</param>
    /// <param name="host">The name, in lower case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The addresses, at least one, in random order.</returns>
    /// <exception cref="DnsUpstreamException">They cannot be found.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(ICapturedPod pod, string host, CancellationToken cancellationToken)
    {
        if (!_answers.TryGetValue(host, out var answer) || time.GetUtcNow() >= answer.Until)
        {
            answer = await RenewAsync(pod, host, answer, cancellationToken);
        }

        IPAddress[] addresses = [.. answer.Addresses];
        Random.Shared.Shuffle(addresses);
        return addresses;
    }

    private async Task<Answer> RenewAsync(ICapturedPod pod, string host, Answer? old, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync(pod, host, cancellationToken);
            _answers[host] = answer;
            return answer;
        }
        catch (DnsUpstreamException) when (old is not null && time.GetUtcNow() < old.Until + Stale)
        {
            return old;
        }
    }

    private async Task<Answer> AskAsync(ICapturedPod pod, string host, CancellationToken cancellationToken)
    {
        var forwarder = new DnsForwarder(
            servers,
            async (family, transport, ct) => transport == DnsTransport.Udp ? await pod.CreateDatagramSocketAsync(family, ct) : await pod.CreateSocketAsync(family, ct),
            new DnsForwarderOptions(),
            time);
        var questions = await Task.WhenAll(
            forwarder.ResolveAsync(new DnsQuestion(host, DnsRecordType.A), cancellationToken),
            forwarder.ResolveAsync(new DnsQuestion(host, DnsRecordType.Aaaa), cancellationToken));
        var records = questions.SelectMany(q => q.Answers).Where(r => r.Address is not null).ToList();
        if (records.Count == 0)
        {
            throw new DnsUpstreamException($"{host} has no address ({string.Join(", ", questions.Select(q => q.ResponseCode).Distinct())})");
        }

        var kept = TimeSpan.FromSeconds(records.Min(r => r.TimeToLive));
        return new Answer([.. records.Select(r => r.Address!).Distinct()], time.GetUtcNow() + (kept < Shortest ? Shortest : kept > Longest ? Longest : kept));
    }

    private sealed record Answer(ImmutableArray<IPAddress> Addresses, DateTimeOffset Until);
}
