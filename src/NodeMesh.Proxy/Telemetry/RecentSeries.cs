using System.Runtime.CompilerServices;
using NodeMesh.Metrics;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// The counters of connections between the same two ends, so that a new connection between them need not compare two dozen labels. A place is found by the
/// objects that the labels are made of, and overwritten by whoever comes next.
/// </summary>
internal sealed class RecentSeries
{
    /// <summary>Pairs of ends that are busy at once on a node; more of them only look their labels up. A power of two.</summary>
    private const int Places = 256;

    private readonly Entry?[] _places = new Entry?[Places];

    /// <summary>Finds the counters that a connection with the same ends had.</summary>
    /// <param name="connection">The connection; its route is known.</param>
    /// <returns>The counters; null when they are not remembered.</returns>
    public CounterHandle? Find(ConnectionRecord connection)
    {
        var entry = Volatile.Read(ref _places[Place(connection)]);
        return entry is not null && entry.Matches(connection) ? entry.Handle : null;
    }

    /// <summary>Remembers a connection's counters.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="handle">Its counters.</param>
    public void Remember(ConnectionRecord connection, CounterHandle handle) => Volatile.Write(ref _places[Place(connection)], new Entry(connection, handle));

    private static int Place(ConnectionRecord connection) =>
        (RuntimeHelpers.GetHashCode(connection.SourceWorkload) ^ (RuntimeHelpers.GetHashCode(connection.DestinationWorkload) * 31) ^ (int)connection.Direction) & (Places - 1);

    // Not the record itself: it would keep a connection's memory after its end.
    private sealed class Entry(ConnectionRecord connection, CounterHandle handle)
    {
        private readonly Workload? _source = connection.SourceWorkload;
        private readonly Workload? _destination = connection.DestinationWorkload;
        private readonly Service? _service = connection.DestinationService;
        private readonly SpiffeId? _sourceIdentity = connection.SourceIdentity;
        private readonly SpiffeId? _destinationIdentity = connection.DestinationIdentity;
        private readonly ConnectionDirection _direction = connection.Direction;
        private readonly ConnectionSecurity _security = connection.Security;

        public CounterHandle Handle => handle;

        public bool Matches(ConnectionRecord other) =>
            ReferenceEquals(_source, other.SourceWorkload)
            && ReferenceEquals(_destination, other.DestinationWorkload)
            && ReferenceEquals(_service, other.DestinationService)
            && _direction == other.Direction
            && _security == other.Security
            && Nullable.Equals(_sourceIdentity, other.SourceIdentity)
            && Nullable.Equals(_destinationIdentity, other.DestinationIdentity);
    }
}
