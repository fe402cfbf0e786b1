using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>One identity of a store: its certificate, those who wait for it, and how its attempts went. Its loop is the store's.</summary>
[SuppressMessage("Reliability", "CA1001:Types that own disposable fields should be disposable", Justification = "The source has neither timer nor wait handle; disposing it would race with its cancellation.")]
internal sealed class StoredIdentity(SpiffeId identity, ImmutableArray<string> uris, RequestGate gate)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile WorkloadCertificate? _certificate;
    private TaskCompletionSource<WorkloadCertificate>? _arrival;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RequestGate.Ticket? _ticket;
    private Exception? _stopped;
    private DateTimeOffset? _nextAttempt;
    private int _waiters;

    public SpiffeId Identity { get; } = identity;

    public ImmutableArray<string> Uris { get; } = uris;

    /// <summary>How many times it was added and not removed; guarded by the store.</summary>
    public int References { get; set; } = 1;

    /// <summary>Failed attempts since the last success.</summary>
    public int Failures { get; private set; }

    public Exception? LastError { get; private set; }

    public CancellationToken Stopping => _stop.Token;

    /// <summary>The certificate, unless it has expired: an expired one is never handed out.</summary>
    public WorkloadCertificate? Valid(DateTimeOffset now) => _certificate is { } certificate && certificate.NotAfter > now ? certificate : null;

    /// <summary>A task for the next certificate to arrive; makes a request that stands in line urgent. Every call is matched by <see cref="EndWait"/>.</summary>
    public Task<WorkloadCertificate> BeginWait(DateTimeOffset now)
    {
        lock (_lock)
        {
            _waiters++;
            if (_stopped is not null)
            {
                return Task.FromException<WorkloadCertificate>(_stopped);
            }

            // It may have arrived since the caller looked.
            if (Valid(now) is { } certificate)
            {
                return Task.FromResult(certificate);
            }

            if (_ticket is not null)
            {
                gate.Raise(_ticket, RequestPriority.Realtime);
            }

            // Expired while its renewal is not yet due: the clock was set, or the machine slept.
            if (Failures == 0)
            {
                _wake.TrySetResult();
            }

            _arrival ??= new TaskCompletionSource<WorkloadCertificate>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrival.Task;
        }
    }

    public void EndWait()
    {
        lock (_lock)
        {
            _waiters--;
        }
    }

    /// <summary>When the next attempt begins, while one is scheduled.</summary>
    public DateTimeOffset? NextAttempt()
    {
        lock (_lock)
        {
            return _nextAttempt;
        }
    }

    /// <summary>Stands in line for a request.</summary>
    public async Task EnterAsync(RequestPriority priority)
    {
        RequestGate.Ticket ticket;
        lock (_lock)
        {
            ticket = new RequestGate.Ticket(_waiters > 0 ? RequestPriority.Realtime : priority);
            _ticket = ticket;
        }

        try
        {
            await gate.EnterAsync(ticket, Stopping);
        }
        finally
        {
            lock (_lock)
            {
                _ticket = null;
            }
        }
    }

    /// <summary>Takes a new certificate and hands it to all who wait.</summary>
    public void Succeed(WorkloadCertificate certificate)
    {
        lock (_lock)
        {
            _certificate = certificate;
            Failures = 0;
            LastError = null;
            _arrival?.TrySetResult(certificate);
            _arrival = null;
        }
    }

    /// <summary>Notes a failed attempt; the certificate at hand stays.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            Failures++;
            LastError = error;
        }
    }

    /// <summary>Waits for the time of the next attempt, or until somebody asks for it sooner.</summary>
    public async Task PauseAsync(TimeSpan delay, TimeProvider time)
    {
        Task wake;
        lock (_lock)
        {
            // Who waits for a certificate that is not there was told by BeginWait to wake this pause; a wish of before the last attempt is stale.
            _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wake = _wake.Task;
            _nextAttempt = time.GetUtcNow() + delay;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        try
        {
            await Task.WhenAny(Task.Delay(delay, time, end.Token), wake);
        }
        finally
        {
            await end.CancelAsync();
            lock (_lock)
            {
                _nextAttempt = null;
            }
        }
    }

    /// <summary>Ends the pause that a failed attempt is in.</summary>
    public void RetryFailed()
    {
        lock (_lock)
        {
            if (Failures > 0)
            {
                _wake.TrySetResult();
            }
        }
    }

    /// <summary>Ends its loop and fails all who wait.</summary>
    public void Stop(CertificateUnavailableException reason)
    {
        lock (_lock)
        {
            _stopped = reason;
            if (_arrival is not null)
            {
                _arrival.TrySetException(reason);
                _arrival = null;
            }
        }

        _stop.Cancel();
    }
}
