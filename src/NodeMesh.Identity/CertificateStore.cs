using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>
/// The certificates of a node's identities: keys are made here and never leave the process; certificates are fetched ahead of need,
/// renewed at about half of their life, and kept until they expire when renewal fails.
/// </summary>
public sealed partial class CertificateStore : ICertificateSource, IAsyncDisposable
{
    // Task.Delay takes no more than 49 days.
    private static readonly TimeSpan MaxPause = TimeSpan.FromDays(20);
    private static readonly TimeSpan MinRenewalPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SpiffeId, StoredIdentity> _identities = new();
    private readonly List<Task> _loops = [];
    private readonly Lock _gate = new();
    private readonly RequestGate _requests;
    private readonly ICertificateSigner _signer;
    private readonly CertificateStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<double> _random;
    private volatile TrustAnchors? _anchors;
    private bool _disposed;

    /// <summary>Makes an empty store.</summary>
    /// <param name="signer">The CA.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    public CertificateStore(ICertificateSigner signer, CertificateStoreOptions options, TimeProvider time, ILoggerFactory log)
        : this(signer, options, time, log, Random.Shared.NextDouble)
    {
    }

    internal CertificateStore(ICertificateSigner signer, CertificateStoreOptions options, TimeProvider time, ILoggerFactory log, Func<double> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentRequests, 1);
        _signer = signer;
        _options = options;
        _time = time;
        _log = log.CreateLogger<CertificateStore>();
        _random = random;
        _requests = new RequestGate(options.MaxConcurrentRequests);
    }

    /// <summary>The roots that the newest answer of the CA named; null before the first.</summary>
    public TrustBundle? Bundle => _anchors?.Current;

    /// <summary>Requests that wait for a slot.</summary>
    internal int WaitingRequests => _requests.Waiting;

    /// <summary>Adds an identity, or counts one more reference to it. Its certificate is fetched ahead of need.</summary>
    /// <param name="identity">The identity.</param>
    /// <param name="otherUris">Further URIs that its certificates carry (a node proxy's own: its node's); the first reference decides.</param>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public void Add(SpiffeId identity, params IEnumerable<string> otherUris)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_identities.TryGetValue(identity, out var known))
            {
                known.References++;
                return;
            }

            var entry = new StoredIdentity(identity, [identity.ToString(), .. otherUris], _requests);
            _identities[identity] = entry;
            _loops.RemoveAll(l => l.IsCompleted);
            _loops.Add(Task.Run(() => RunAsync(entry)));
        }
    }

    /// <summary>Drops one reference to an identity, and with the last the identity and its key. Who waits for it is told.</summary>
    /// <param name="identity">The identity; an unknown one is ignored.</param>
    public void Remove(SpiffeId identity)
    {
        StoredIdentity? entry;
        lock (_gate)
        {
            if (!_identities.TryGetValue(identity, out entry) || --entry.References > 0)
            {
                return;
            }

            _identities.TryRemove(identity, out _);
        }

        // Outside the lock: ending a request runs code of the signer's.
        entry.Stop(Unknown(identity));
    }

    /// <inheritdoc/>
    public ValueTask<WorkloadCertificate> GetAsync(SpiffeId identity, CancellationToken ct)
    {
        if (!_identities.TryGetValue(identity, out var entry))
        {
            return ValueTask.FromException<WorkloadCertificate>(Unknown(identity));
        }

        return entry.Valid(_time.GetUtcNow()) is { } certificate ? new(certificate) : new(WaitAsync(entry, ct));
    }

    /// <summary>Makes the attempts that wait for their back-off at once: for when the control plane is seen to be back.</summary>
    public void RetryFailed()
    {
        foreach (var entry in _identities.Values)
        {
            entry.RetryFailed();
        }
    }

    /// <summary>What is held, ordered by identity.</summary>
    public IReadOnlyList<CertificateStatus> Snapshot()
    {
        var now = _time.GetUtcNow();
        ImmutableArray<string> roots = _anchors is { } anchors ? [.. anchors.Current.Roots.Select(r => r.SerialNumber)] : [];
        return [.. _identities.Values.OrderBy(e => e.Identity.ToString(), StringComparer.Ordinal).Select(e => Status(e, now, roots))];
    }

    /// <summary>Ends all loops; who waits gets <see cref="CertificateUnavailableReason.Stopped"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] loops;
        StoredIdentity[] entries;
        lock (_gate)
        {
            _disposed = true;
            entries = [.. _identities.Values];
            _identities.Clear();
            loops = [.. _loops];
        }

        foreach (var entry in entries)
        {
            entry.Stop(new CertificateUnavailableException(entry.Identity, CertificateUnavailableReason.Stopped, "the certificate store is stopping"));
        }

        await Task.WhenAll(loops);
    }

    private static CertificateUnavailableException Unknown(SpiffeId identity) =>
        new(identity, CertificateUnavailableReason.UnknownIdentity, $"no workload of this node has the identity {identity}");

    private static CertificateStatus Status(StoredIdentity entry, DateTimeOffset now, ImmutableArray<string> roots)
    {
        var certificate = entry.Valid(now);
        var state = certificate is not null ? CertificateState.Available : entry.Failures > 0 ? CertificateState.Unavailable : CertificateState.Initializing;
        return new CertificateStatus(
            entry.Identity, entry.Uris, state, entry.References, certificate?.SerialNumber, certificate?.NotBefore, certificate?.NotAfter,
            entry.NextAttempt(), entry.Failures, entry.LastError?.Message, certificate?.Leaf.ExportCertificatePem(), roots);
    }

    private async Task<WorkloadCertificate> WaitAsync(StoredIdentity entry, CancellationToken ct)
    {
        var arrival = entry.BeginWait(_time.GetUtcNow());
        try
        {
            // Nothing can come in time while the next attempt is further away than anybody waits: say so at once.
            if (!arrival.IsCompleted && entry.Failures > 0 && entry.NextAttempt() > _time.GetUtcNow() + _options.WaitTimeout)
            {
                throw TimedOut(entry);
            }

            return await arrival.WaitAsync(_options.WaitTimeout, _time, ct);
        }
        catch (TimeoutException)
        {
            throw TimedOut(entry);
        }
        finally
        {
            entry.EndWait();
        }
    }

    private CertificateUnavailableException TimedOut(StoredIdentity entry)
    {
        var cause = entry.LastError is { } error ? $"the last of {entry.Failures} attempts failed: {error.Message}" : "the CA has not answered yet";
        return new CertificateUnavailableException(entry.Identity, CertificateUnavailableReason.TimedOut, $"no certificate for {entry.Identity} within {_options.WaitTimeout}: {cause}", entry.LastError);
    }

    private async Task RunAsync(StoredIdentity entry)
    {
        var priority = RequestPriority.Warmup;
        while (!entry.Stopping.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                var certificate = await RequestAsync(entry, priority);
                entry.Succeed(certificate);
                pause = RenewalPause(certificate);
                priority = RequestPriority.Background;
                var renewal = _time.GetUtcNow() + pause;
                LogIssued(_log, entry.Identity, certificate.SerialNumber, certificate.NotAfter, renewal);
            }
            catch (OperationCanceledException) when (entry.Stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                entry.Fail(e);
                pause = Backoff(entry.Failures);
                var inUseUntil = entry.Valid(_time.GetUtcNow())?.NotAfter;
                LogFailed(_log, entry.Identity, entry.Failures, e.Message, pause, inUseUntil);
            }

            await entry.PauseAsync(pause, _time);
        }
    }

    private async Task<WorkloadCertificate> RequestAsync(StoredIdentity entry, RequestPriority priority)
    {
        await entry.EnterAsync(priority);
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateSigningRequest(entry.Identity, SigningRequestKey.Create(key, entry.Uris), _options.Lifetime);
            var answer = await SignAsync(request, entry.Stopping);
            var (leaf, chain, roots) = SignedCertificateReader.Read(answer, key, entry.Identity, entry.Uris, _time.GetUtcNow());
            return new WorkloadCertificate(entry.Identity, entry.Uris, leaf, chain, Trust(roots));
        }
        finally
        {
            _requests.Leave();
        }
    }

    private async Task<SignedCertificate> SignAsync(CertificateSigningRequest request, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.RequestTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        try
        {
            return await _signer.SignAsync(request, both.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            throw new CertificateSigningException(CertificateSigningReason.Unavailable, $"the CA did not answer within {_options.RequestTimeout}", e);
        }
    }

    private TrustAnchors Trust(TrustBundle roots)
    {
        lock (_gate)
        {
            if (_anchors is { } anchors)
            {
                if (anchors.Current.HasSameRoots(roots))
                {
                    return anchors;
                }

                anchors.Update(roots);
            }
            else
            {
                _anchors = new TrustAnchors(roots);
            }

            var names = string.Join(", ", roots.Roots.Select(r => $"{r.Subject} ({r.SerialNumber})"));
            LogRoots(_log, names);

            return _anchors;
        }
    }

    /// <summary>Half of what is left, give or take a tenth of it, so that the certificates of one start do not renew in one moment.</summary>
    private TimeSpan RenewalPause(WorkloadCertificate certificate)
    {
        var pause = (certificate.NotAfter - _time.GetUtcNow()) * (0.45 + (0.1 * _random()));
        return pause < MinRenewalPause ? MinRenewalPause : pause > MaxPause ? MaxPause : pause;
    }

    /// <summary>0.5 to 1 second after the first failure, then twice as much each time with a jitter of a fifth, up to the limit.</summary>
    private TimeSpan Backoff(int failures)
    {
        var seconds = failures == 1
            ? 0.5 + (0.5 * _random())
            : Math.Min(Math.Pow(2, Math.Min(failures - 1, 30)) * (0.8 + (0.4 * _random())), _options.MaxBackoff.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Min(seconds, _options.MaxBackoff.TotalSeconds));
    }
}
