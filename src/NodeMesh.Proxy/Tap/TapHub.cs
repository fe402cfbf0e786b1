using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tap;

/// <summary>Hands connections and requests to those who tap. While nobody does, it costs a read of one field.</summary>
internal sealed class TapHub : IConnectionObserver, IRequestObserver, IDisposable
{
    /// <summary>Every session looks at every connection of the node.</summary>
    public const int MostSessions = 16;

    private readonly Lock _gate = new();
    private volatile TapSession[] _sessions = [];
    private bool _ended;

    /// <summary>Begins a tap.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <returns>The tap; null when there are <see cref="MostSessions"/>, or the proxy stops.</returns>
    public TapSession? TryOpen(TapFilter filter)
    {
        lock (_gate)
        {
            if (_ended || _sessions.Length >= MostSessions)
            {
                return null;
            }

            var session = new TapSession(filter, Leave);
            _sessions = [.. _sessions, session];
            return session;
        }
    }

    /// <inheritdoc/>
    void IConnectionObserver.Opened(ConnectionRecord connection) => Offer(connection, opened: true);

    /// <inheritdoc/>
    void IConnectionObserver.Closed(ConnectionRecord connection) => Offer(connection, opened: false);

    /// <inheritdoc/>
    void IRequestObserver.Completed(RequestRecord request)
    {
        foreach (var session in _sessions)
        {
            if (session.Filter.Matches(request))
            {
                session.Offer(new TapEvent(null, request, false));
            }
        }
    }

    /// <summary>Ends all taps.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        foreach (var session in _sessions)
        {
            session.End();
        }
    }

    private void Offer(ConnectionRecord connection, bool opened)
    {
        foreach (var session in _sessions)
        {
            // Requests are shown by themselves.
            if (!connection.CarriesRequests && session.Filter.Matches(connection))
            {
                session.Offer(new TapEvent(connection, null, opened));
            }
        }
    }

    private void Leave(TapSession session)
    {
        lock (_gate)
        {
            _sessions = [.. _sessions.Where(s => s != session)];
        }
    }
}
