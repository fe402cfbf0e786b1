using System.Runtime.CompilerServices;
using NodeMesh.Metrics;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// The counters of requests that are alike, so that the next one need not hash and compare some thirty labels. A place is found by the objects that the labels
/// are made of, and overwritten by whoever comes next.
/// </summary>
internal sealed class RecentRequestSeries
{
    /// <summary>Kinds of requests that are busy at once on a node; more of them only look their labels up. A power of two.</summary>
    private const int Places = 256;

    private readonly Entry?[] _places = new Entry?[Places];

    /// <summary>Finds the counters that a request of the same kind had.</summary>
    /// <param name="request">The request; over.</param>
    /// <returns>The counters; null when they are not remembered.</returns>
    public CounterHandle? Find(RequestRecord request)
    {
        var entry = Volatile.Read(ref _places[Place(request)]);
        return entry is not null && entry.Matches(request) ? entry.Handle : null;
    }

    /// <summary>Remembers a request's counters.</summary>
    /// <param name="request">The request.</param>
    /// <param name="handle">Its counters.</param>
    public void Remember(RequestRecord request, CounterHandle handle) => Volatile.Write(ref _places[Place(request)], new Entry(request, handle));

    private static int Place(RequestRecord request) =>
        (RuntimeHelpers.GetHashCode(request.SourceWorkload) ^ (RuntimeHelpers.GetHashCode(request.DestinationWorkload) * 31)
            ^ (RuntimeHelpers.GetHashCode(request.DestinationService) * 17) ^ request.Status) & (Places - 1);

    // Not the record itself: it would keep a request's strings.
    private sealed class Entry(RequestRecord request, CounterHandle handle)
    {
        private readonly Workload? _source = request.SourceWorkload;
        private readonly Workload? _destination = request.DestinationWorkload;
        private readonly Service? _service = request.DestinationService;
        private readonly SpiffeId? _identity = request.SourceIdentity;
        private readonly ConnectionSecurity _security = request.Security;
        private readonly ResponseFlag _flags = request.Flags;
        private readonly int _status = request.Status;
        private readonly int? _grpcStatus = request.GrpcStatus;
        private readonly bool _isGrpc = request.IsGrpc;

        public CounterHandle Handle => handle;

        public bool Matches(RequestRecord other) =>
            ReferenceEquals(_source, other.SourceWorkload)
            && ReferenceEquals(_destination, other.DestinationWorkload)
            && ReferenceEquals(_service, other.DestinationService)
            && _security == other.Security
            && _flags == other.Flags
            && _status == other.Status
            && _grpcStatus == other.GrpcStatus
            && _isGrpc == other.IsGrpc
            && Nullable.Equals(_identity, other.SourceIdentity);
    }
}
