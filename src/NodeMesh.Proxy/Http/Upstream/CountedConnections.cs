namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>
/// The connections to one endpoint that take only so many requests, in all or at once. The base library's client counts neither, so each connection has a
/// client of its own here; that is dear, and only done where a policy asks for it.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="isHttp2">Whether requests share connections.</param>
/// <param name="create">Makes a client with one connection.</param>
/// <param name="time">The clock.</param>
internal sealed class CountedConnections(UpstreamLimits limits, bool isHttp2, Func<HttpMessageInvoker> create, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Connection> _open = [];
    private bool _isDisposed;

    private int MostAtOnce => isHttp2 ? limits.ConcurrentRequests ?? int.MaxValue : 1;

    /// <summary>Sends a request by a connection that may take one more.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The response; the connection counts it until it is disposed.</returns>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connection = Enter();
        try
        {
            var response = await connection.Client.SendAsync(request, cancellationToken);
            response.Content = new LeasedContent(response.Content, () => Exit(connection));
            return response;
        }
        catch
        {
            Exit(connection);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _open.ForEach(static connection => connection.Client.Dispose());
            _open.Clear();
        }
    }

    private Connection Enter()
    {
        List<Connection>? idle = null;
        Connection? found = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            for (var i = _open.Count - 1; i >= 0; i--)
            {
                var connection = _open[i];
                if (found is null && connection.Active < MostAtOnce)
                {
                    found = connection;
                }
                else if (connection.Active == 0 && time.GetElapsedTime(connection.Used) > (limits.IdleTimeout ?? UpstreamClient.IdleLimit))
                {
                    _open.RemoveAt(i);
                    (idle ??= []).Add(connection);
                }
            }

            if (found is null)
            {
                found = new Connection(create());
                _open.Add(found);
            }

            found.Active++;
            if (++found.Count >= limits.RequestsPerConnection)
            {
                // The last that it takes.
                _open.Remove(found);
                found.IsLast = true;
            }
        }

        idle?.ForEach(static connection => connection.Client.Dispose());
        return found;
    }

    private void Exit(Connection connection)
    {
        bool isOver;
        lock (_gate)
        {
            connection.Used = time.GetTimestamp();
            isOver = --connection.Active == 0 && (connection.IsLast || _isDisposed);
        }

        if (isOver)
        {
            connection.Client.Dispose();
        }
    }

    private sealed class Connection(HttpMessageInvoker client)
    {
        public HttpMessageInvoker Client { get; } = client;

        public int Active { get; set; }

        public int Count { get; set; }

        public bool IsLast { get; set; }

        public long Used { get; set; }
    }
}
