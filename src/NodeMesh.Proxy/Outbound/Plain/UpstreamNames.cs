using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture;
using NodeMesh.Dns;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>
/// The addresses of endpoints that are known by name (ServiceEntry with DNS resolution), asked for when a connection needs them and kept as long as the answer
/// says. An answer that cannot be renewed is used on for a while, so that a name server that is away does not stop what has worked: the first connection waits
/// for it to answer; then it is tried again now and then, and nobody waits.
/// </summary>
/// <param name="servers">The name servers.</param>
/// <param name="time">The clock.</param>
/// <param name="mostNames">How many names are kept at most. The default is far more than a mesh has hosts; clients can make names up where a host is a wildcard.</param>
internal sealed class UpstreamNames(ImmutableArray<IPEndPoint> servers, TimeProvider time, int mostNames = 4096) : IAsyncDisposable
{
    /// <summary>How long an answer counts that cannot be renewed.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    /// <summary>How long a name server that did not answer is left alone, as long as there is an old answer.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, NameAnswer> _answers = new(StringComparer.Ordinal);

    // By pod: each asks from its own namespace, and one whose network policies let no question out must not hold up the others.
    private readonly Dictionary<(string Pod, string Host), NameRenewal> _renewals = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;

    /// <summary>How many names are kept.</summary>
    public int Count => _answers.Count;

    /// <summary>Finds the addresses of a name.</summary>
    /// <param name="pod">The pod that connects; it asks from its own namespace, so that its network policies hold.</param>
    /// <param name="host">The name, in lower case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The addresses, at least one, in random order.</returns>
    /// <exception cref="DnsUpstreamException">They cannot be found.</exception>
    public async ValueTask<IPAddress[]> ResolveAsync(ICapturedPod pod, string host, CancellationToken cancellationToken)
    {
        var known = _answers.GetValueOrDefault(host);
        if (known is not null && time.GetUtcNow() < known.Until)
        {
            return Shuffled(known);
        }

        var old = known is not null && time.GetUtcNow() < known.Until + Stale ? known : null;
        var renewal = Renew(pod, host, old);
        if (old is not null && renewal.IsRepeated)
        {
            return Shuffled(old);
        }

        // The renewal goes on for the others when this one gives up.
        await renewal.Completion.WaitAsync(cancellationToken);
        return Shuffled(renewal.Answer ?? old ?? throw new DnsUpstreamException(renewal.Error?.Message ?? "the question was given up", renewal.Error));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] underWay;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            underWay = [.. _renewals.Values.Select(r => r.Completion)];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(underWay);
        _stopping.Dispose();
    }

    /// <summary>The question that is under way, or failed a moment ago, else a new one.</summary>
    private NameRenewal Renew(ICapturedPod pod, string host, NameAnswer? old)
    {
        var key = (pod.Pod.Uid, host);
        lock (_gate)
        {
            var last = _renewals.GetValueOrDefault(key);
            var hasFailed = last is { FailedAt: { } failed } && old is not null && failed >= old.Until;
            if (last is { FailedAt: null } || (hasFailed && time.GetUtcNow() < last!.FailedAt + RetryPause))
            {
                return last;
            }

            var renewal = new NameRenewal { IsRepeated = hasFailed };
            _renewals[key] = renewal;

            // The lock is held: not a step of it may be done here.
            renewal.Completion = Task.Run(() => RenewAsync(pod, key, renewal), CancellationToken.None);
            return renewal;
        }
    }

    private async Task RenewAsync(ICapturedPod pod, (string Pod, string Host) key, NameRenewal renewal)
    {
        try
        {
            var answer = await AskAsync(pod, key.Host, _stopping.Token);
            Keep(key.Host, answer);
            renewal.Answer = answer;
        }
        catch (Exception e) when (e is DnsUpstreamException or SocketException or CaptureException or NetworkNamespaceException or ObjectDisposedException or OperationCanceledException)
        {
            renewal.Error = e;
        }
        finally
        {
            lock (_gate)
            {
                var now = time.GetUtcNow();
                renewal.FailedAt = renewal.Answer is null ? now : null;
                if (renewal.Answer is not null || !_answers.TryGetValue(key.Host, out var old) || now >= old.Until + Stale)
                {
                    // With nothing to fall back on, the next connection asks at once.
                    _renewals.Remove(key);
                }
            }
        }
    }

    private async Task<NameAnswer> AskAsync(ICapturedPod pod, string host, CancellationToken cancellationToken)
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
        return new NameAnswer([.. records.Select(r => r.Address!).Distinct()], time.GetUtcNow() + (kept < Shortest ? Shortest : kept > Longest ? Longest : kept));
    }

    private void Keep(string host, NameAnswer answer)
    {
        if (_answers.Count >= mostNames && !_answers.ContainsKey(host))
        {
            lock (_gate)
            {
                Prune();
            }
        }

        _answers[host] = answer;
    }

    /// <summary>Makes room for an eighth more at least, so that it is not done for each name: what cannot be used any more goes, then what is nearest to its end.</summary>
    private void Prune()
    {
        var now = time.GetUtcNow();
        var target = mostNames - Math.Max(1, mostNames / 8);
        foreach (var (host, _) in _answers.OrderBy(a => a.Value.Until).TakeWhile(a => a.Value.Until + Stale <= now || _answers.Count > target))
        {
            _answers.TryRemove(host, out _);
        }

        foreach (var (key, _) in _renewals.Where(r => r.Value.FailedAt is not null && !_answers.ContainsKey(r.Key.Host)).ToList())
        {
            _renewals.Remove(key);
        }
    }

    private static IPAddress[] Shuffled(NameAnswer answer)
    {
        IPAddress[] addresses = [.. answer.Addresses];
        Random.Shared.Shuffle(addresses);
        return addresses;
    }
}
