using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Proxy.State;

/// <summary>
/// What is known of one connection from its first to its last moment. The pipeline fills it in; observers read it. All facts but the counters and the
/// end are final once <see cref="IConnectionObserver.Opened"/> was called.
/// </summary>
internal sealed partial class ConnectionRecord
{
    private readonly Lock _gate = new();
    private Action? _abort;
    private bool _closeRequested;
    private int _state;
    private volatile bool _isAdmitted;
    private ConnectionEndReason _endReason;
    private NamespacedName? _refusedBy;
    private string? _closeDetail;

    /// <summary>Unique in this process.</summary>
    public required long Id { get; init; }

    /// <summary>Which end this proxy speaks for.</summary>
    public required ConnectionDirection Direction { get; init; }

    /// <summary>The client's address as the server sees it.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>What the client dialled (outbound: the original destination, perhaps a VIP; inbound: the pod's address and real port).</summary>
    public required IPEndPoint Destination { get; set; }

    /// <summary>When the proxy accepted it.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>UID of the enrolled pod of this node that it belongs to; null when the pod was not found.</summary>
    public string? PodUid { get; init; }

    /// <summary>The chosen endpoint's own address and port; null before the choice.</summary>
    public IPEndPoint? Upstream { get; set; }

    /// <summary>Where the tunnel goes to (node address or pod address, port 15008); null without a tunnel.</summary>
    public IPEndPoint? TunnelAddress { get; set; }

    /// <summary>The tunnel's number in this process; null without a tunnel.</summary>
    public long? TunnelId { get; set; }

    /// <summary>The source workload, when the model knows it.</summary>
    public Workload? SourceWorkload { get; set; }

    /// <summary>The destination workload, when the model knows it.</summary>
    public Workload? DestinationWorkload { get; set; }

    /// <summary>The service that the client addressed, or (inbound) the one guessed for telemetry.</summary>
    public Service? DestinationService { get; set; }

    /// <summary>The source's proven identity: from its certificate, or from enrolment for a pod of this node; null over plaintext.</summary>
    public SpiffeId? SourceIdentity { get; set; }

    /// <summary>The destination's identity; null over plaintext.</summary>
    public SpiffeId? DestinationIdentity { get; set; }

    /// <summary>How the bytes travel.</summary>
    public ConnectionSecurity Security { get; set; }

    /// <summary>The <c>traceparent</c> trace id that both ends log; null without a tunnel.</summary>
    public string? TraceId { get; set; }

    /// <summary>Dry-run policies that would have refused it.</summary>
    public ImmutableArray<NamespacedName> DryRunRefusals { get; set; } = [];

    /// <summary>True when it is looked at as requests, which have access lines and metrics of their own.</summary>
    public bool CarriesRequests { get; set; }

    /// <summary>Live byte counters.</summary>
    public TransferCounters Bytes { get; init; } = new();

    /// <summary>The policy that refused it, when one did: a DENY policy that matched; null with <see cref="ConnectionEndReason.PolicyDenied"/> when no ALLOW policy matched.</summary>
    public NamespacedName? RefusedBy => _refusedBy;

    /// <summary>When it ended; null while it is open.</summary>
    public DateTimeOffset? Ended { get; private set; }

    /// <summary>Why it ended; <see cref="ConnectionEndReason.None"/> while it is open.</summary>
    public ConnectionEndReason EndReason => Ended is null ? ConnectionEndReason.None : _endReason;

    /// <summary>One line of detail for the access log; null when there is nothing to say.</summary>
    public string? Error { get; private set; }

    /// <summary>True once somebody (policy, pod removal, shutdown, operator) asked the connection to end.</summary>
    public bool IsCloseRequested
    {
        get
        {
            lock (_gate)
            {
                return _closeRequested;
            }
        }
    }

    /// <summary>True once it has passed its own checks: a policy that comes afterwards closes it, one that came before refused it.</summary>
    internal bool IsAdmitted => _isAdmitted;

    /// <summary>Asks the connection to end now. The first reason given wins.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="refusedBy">The policy, where one is the reason.</param>
    /// <param name="detail">One line that says why; null for what the reason says by itself.</param>
    public void RequestClose(ConnectionEndReason reason, NamespacedName? refusedBy = null, string? detail = null)
    {
        Action? abort;
        lock (_gate)
        {
            if (_endReason == ConnectionEndReason.None)
            {
                _endReason = reason;
                _refusedBy = refusedBy;
                _closeDetail = detail;
            }

            _closeRequested = true;
            abort = _abort;
        }

        abort?.Invoke();
    }

    /// <summary>Sets what resets both sides when the connection is asked to end; called at once if it was asked already.</summary>
    /// <param name="abort">Must not throw; may be called more than once.</param>
    internal void OnCloseRequested(Action abort)
    {
        bool now;
        lock (_gate)
        {
            _abort = abort;
            now = _closeRequested;
        }

        if (now)
        {
            abort();
        }
    }

    /// <summary>The reason given to <see cref="RequestClose"/>; <see cref="ConnectionEndReason.None"/> before that.</summary>
    internal ConnectionEndReason CloseReason
    {
        get
        {
            lock (_gate)
            {
                return _endReason;
            }
        }
    }

    /// <summary>One line that says why the connection was asked to end.</summary>
    /// <returns>The line.</returns>
    internal string DescribeClose() => _closeDetail ?? CloseReason switch
    {
        ConnectionEndReason.PolicyDeniedLate when RefusedBy is { } policy => $"closed: policy {policy} now denies it",
        ConnectionEndReason.PolicyDeniedLate => "closed: the destination now has ALLOW policies and none of them matches",
        ConnectionEndReason.PolicyNotSynced => $"closed: policy {RefusedBy} of the destination has not been received",
        ConnectionEndReason.PodRemoved => "closed: the pod was removed",
        ConnectionEndReason.ProxyShutdown => "closed: the proxy stopped",
        var other => $"closed: {other}",
    };

    /// <summary>Says which policy refused it.</summary>
    /// <param name="policy">The policy; null when no ALLOW policy matched.</param>
    internal void Refuse(NamespacedName? policy) => _refusedBy = policy;

    /// <summary>Says that it has passed its own checks.</summary>
    internal void Admit() => _isAdmitted = true;

    internal bool TryOpen() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;

    internal bool TryEnd(ConnectionEndReason reason, string? error, DateTimeOffset now)
    {
        if (Interlocked.Exchange(ref _state, 2) == 2)
        {
            return false;
        }

        lock (_gate)
        {
            _endReason = _endReason == ConnectionEndReason.None ? reason : _endReason;
            _abort = null;
        }

        Error = error;
        Ended = now;
        return true;
    }
}
