using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Http.Engine;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Tracing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// A request on its way through the pipeline: what steps know of it and pass on. The engine keeps one for each connection (HTTP/1) or stream slot (HTTP/2)
/// and uses it again.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed partial class MeshRequest(TimeProvider time) : IDisposable
{
    /// <summary>What <c>server</c> says where the application says nothing.</summary>
    private const string ServerName = "nodemesh";

    private const string WebSocket = "websocket";

    private readonly DefaultHttpContext _http = new();
    private readonly List<HeaderChanges> _responseChanges = [];
    private CancellationTokenSource _cancellation = new(Timeout.InfiniteTimeSpan, time);
    private CancellationTokenRegistration _clientGone;
    private IClientWatch? _watch;
    private IClientWatch? _watchOfClient;
    private IClientWatch? _watched;
    private IFeatureCollection? _features;

    /// <summary>The request and response as the engine has them.</summary>
    public HttpContext Http => _http;

    /// <summary>The connection that it came by.</summary>
    public MeshConnection Client { get; private set; } = null!;

    /// <summary>The pod that sent it.</summary>
    public PodRuntime Pod => Client.Pod;

    /// <summary>The model, one for the whole request.</summary>
    public MeshModel Model { get; private set; } = MeshModel.Empty;

    /// <summary>Where requests of the same connection, or stream slot, went last.</summary>
    public UpstreamMemory Memory { get; } = new();

    /// <summary>For the access log and metrics.</summary>
    public RequestRecord Record { get; private set; } = null!;

    /// <summary>Its span; null for a request that is not traced.</summary>
    public RequestSpan? Span { get; set; }

    /// <summary>When it began, as a timestamp.</summary>
    public long Started { get; private set; }

    /// <summary>The service that was dialled; null when it is gone.</summary>
    public Service? Service { get; set; }

    /// <summary>The service's port that was dialled.</summary>
    public int Port => Client.Record.Destination.Port;

    /// <summary>The rule that won; null before the match, and where no route is for the request.</summary>
    public RouteMatch? Match { get; set; }

    /// <summary>The rule; null where there is no match.</summary>
    public HttpRule? Rule => Match?.Rule;

    /// <summary>Where the request goes; null before the choice.</summary>
    public RouteBackend? Backend { get; set; }

    /// <summary>The backend's service; null before the choice.</summary>
    public Service? BackendService { get; set; }

    /// <summary>The hash by which the endpoint is chosen; null for none.</summary>
    public ulong? Hash { get; set; }

    /// <summary>The endpoint whose answer the client gets; null before there is one, and where the proxy answers itself.</summary>
    public UpstreamEndpoint? Endpoint { get; set; }

    /// <summary>The port of the backend's service.</summary>
    public int BackendPort => Backend is { Port: > 0 } backend ? backend.Port : Port;

    /// <summary>The endpoint that a session asks for, by its key; null for none.</summary>
    public ulong? SessionEndpoint { get; set; }

    /// <summary>Path and query as they are sent on.</summary>
    public string Target { get; set; } = "/";

    /// <summary>The authority as it is sent on.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The client's workload; null when it is not known.</summary>
    public Workload? Source { get; private set; }

    /// <summary>Until when the request must be answered, as a time from <see cref="Started"/>; zero for no limit.</summary>
    public TimeSpan Limit { get; set; }

    /// <summary>True when <see cref="Limit"/> is the deadline that the client of a gRPC call has set, no lesser one of the mesh's.</summary>
    public bool IsLimitedByCall { get; set; }

    /// <summary>How long it has taken so far.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(Started);

    /// <summary>The body; null when there is none, and before it is sent.</summary>
    public RequestBody? Body { get; set; }

    /// <summary>True when the client sends a body, if only an empty one in chunks.</summary>
    public bool HasBody => !IsUpgrade && _http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    /// <summary>Copies of the body that go elsewhere; null for none.</summary>
    public List<BodyCopy>? Copies { get; set; }

    /// <summary>Steps that see the response's headers before they are sent; empty for most requests.</summary>
    public List<Action<MeshRequest>> BeforeResponse { get; } = [];

    /// <summary>Why the request was given up.</summary>
    public CancelCause Cancelled { get; private set; }

    /// <summary>Ends when the request is given up: the client is gone or its time is up.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>True when the client speaks HTTP/2.</summary>
    public bool IsHttp2 { get; private set; }

    /// <summary>What the client asks a stream of HTTP/2 to become (RFC 8441): <c>websocket</c>. To routes and endpoints it is the GET with an upgrade that it stands for. Null for others.</summary>
    public string? ConnectProtocol { get; private set; }

    /// <summary>True when the client asks for another protocol on this connection or stream, as WebSocket. HTTP/2 is none (RFC 9113 section 3.1): who asks for it gets HTTP/1.1.</summary>
    public bool IsUpgrade { get; private set; }

    /// <summary>True when the client says that it reads trailers.</summary>
    public bool TakesTrailers => HopByHop.IsListed("trailers", _http.Request.Headers.TE);

    /// <summary>True when errors are told as a gRPC status.</summary>
    public bool IsGrpc { get; set; }

    /// <summary>Takes a request on.</summary>
    /// <param name="features">What the engine says of it.</param>
    /// <param name="model">The model.</param>
    public void Begin(IFeatureCollection features, MeshModel model)
    {
        _http.Initialize(features);
        if (!ReferenceEquals(_features, features))
        {
            // Once for each connection, or stream slot: the engine finds the connection's own features last.
            _features = features;
            Client = features.Get<MeshConnection>() ?? throw new InvalidOperationException("no MeshConnection feature");
            _watchOfClient = features.Get<IClientWatch>();
        }

        if (!ReferenceEquals(Model, model))
        {
            // The pod is the connection's, and so the same for every request that this object is used for.
            Model = model;
            Memory.Clear();
            Source = Client.Pod.FindWorkload(model);
        }

        (Limit, IsLimitedByCall) = (TimeSpan.Zero, false);
        Started = time.GetTimestamp();
        var request = _http.Request;
        IsHttp2 = request.Protocol.StartsWith("HTTP/2", StringComparison.Ordinal);

        // HTTP/2 reads all the time.
        _watch = IsHttp2 ? null : _watchOfClient;
        ConnectProtocol = IsHttp2 && features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: WebSocket and var protocol } ? protocol : null;
        IsUpgrade = ConnectProtocol is not null
            || (!IsHttp2 && features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && !request.Headers.Upgrade.ToString().Equals("h2c", StringComparison.OrdinalIgnoreCase));
        Target = TargetOf(features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        Authority = request.Headers.Host.ToString();
        var userAgent = request.Headers.UserAgent;
        Record = new RequestRecord
        {
            Started = time.GetUtcNow(),
            Source = Client.Record.Source,
            Destination = Client.Record.Destination,
            Method = Method,
            Path = Target,
            Authority = Authority,
            Protocol = request.Protocol,
            IsGrpc = IsGrpcType(request.ContentType),
            SourceWorkload = Source,
            SourceIdentity = Client.Pod.Identity,
            UserAgent = userAgent.Count == 0 ? null : userAgent.ToString(),
        };
        IsGrpc = Record.IsGrpc;
        NoticeClient();
    }

    /// <summary>Lets go of a request.</summary>
    public void End()
    {
        if (_watch is null)
        {
            _clientGone.Dispose();
            _clientGone = default;
        }

        Body?.Dispose();
        Body = null;

        // Of a request that was refused nobody sends the body.
        Copies?.ForEach(static copy => copy.Abort());
        Copies = null;
        (Service, Match, Backend, BackendService, SessionEndpoint, Endpoint, Hash, Span) = (null, null, null, null, null, null, null, null);
        _responseChanges.Clear();
        BeforeResponse.Clear();
        if (!_cancellation.TryReset())
        {
            _cancellation.Dispose();
            _cancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        }

        Cancelled = CancelCause.None;
        _watch = null;
        _http.Uninitialize();
    }

    /// <summary>Limits the time that is left.</summary>
    /// <param name="limit">How long from now.</param>
    public void LimitTime(TimeSpan limit) => _cancellation.CancelAfter(limit);

    /// <summary>Says why <see cref="Cancellation"/> ended; the clock, when nobody else did.</summary>
    /// <returns>The cause; <see cref="CancelCause.None"/> while it goes on.</returns>
    public CancelCause FindCancelCause() =>
        Cancelled != CancelCause.None ? Cancelled : _cancellation.IsCancellationRequested ? CancelCause.RequestTimeout : CancelCause.None;

    /// <summary>Begins to notice a client that goes away while its answer is being waited for; a body that is still read says so itself.</summary>
    public void WatchClient()
    {
        if (_watch is { } watch && !IsUpgrade)
        {
            if (Body is null || Body.IsComplete)
            {
                watch.Watch();
            }
            else
            {
                Body.Completed ??= watch.Watch;
            }
        }
    }

    /// <summary>Notes changes of the response's headers; those noted first are done first.</summary>
    /// <param name="changes">The changes.</param>
    public void ChangeResponse(HeaderChanges changes)
    {
        if (!changes.IsEmpty)
        {
            _responseChanges.Add(changes);
        }
    }

    /// <summary>Notes changes of the response's headers that are done before those noted so far.</summary>
    /// <param name="changes">The changes.</param>
    public void ChangeResponseFirst(HeaderChanges changes)
    {
        if (!changes.IsEmpty)
        {
            _responseChanges.Insert(0, changes);
        }
    }

    /// <summary>Does the noted changes; once, just before the headers are sent.</summary>
    public void FinishResponseHeaders()
    {
        var headers = _http.Response.Headers;
        foreach (var changes in _responseChanges)
        {
            RuleApplication.Apply(changes, new HeaderEditor(headers));
        }

        foreach (var action in BeforeResponse)
        {
            action(this);
        }

        if (headers.Server.Count == 0)
        {
            headers.Server = ServerName;
        }

        if (!IsHttp2 && HopByHop.IsListed(RequestHeaderEncoding.CloseToo, _http.Request.Headers.Connection))
        {
            headers.Connection = "close";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    private static bool IsGrpcType(string? contentType) =>
        contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && !contentType.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase);

    /// <summary>Path and query of a request's target; of an absolute one (RFC 9112 section 3.2.2) what follows the authority.</summary>
    private static string TargetOf(string raw)
    {
        if (raw.Length > 0 && raw[0] is '/' or '*')
        {
            return raw;
        }

        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return raw;
        }

        var path = raw.AsSpan(authority + 3).IndexOfAny('/', '?');
        return path < 0 ? "/" : raw[authority + 3 + path] == '?' ? "/" + raw[(authority + 3 + path)..] : raw[(authority + 3 + path)..];
    }

    /// <summary>
    /// Has <see cref="Cancellation"/> end with the client. A connection of HTTP/1 says so itself, once for all its requests: the engine's own token would be
    /// made, and registered with, for each.
    /// </summary>
    private void NoticeClient()
    {
        if (_watch is null)
        {
            _clientGone = _http.RequestAborted.UnsafeRegister(static state => ((MeshRequest)state!).Cancel(CancelCause.ClientGone), this);
        }
        else if (!ReferenceEquals(_watched, _watch))
        {
            _clientGone.Dispose();
            _watched = _watch;
            _clientGone = _watch.Gone.UnsafeRegister(static state => ((MeshRequest)state!).Cancel(CancelCause.ClientGone), this);
        }
        else if (_watch.Gone.IsCancellationRequested)
        {
            // Told once, during the request before: the client had sent this one already.
            Cancel(CancelCause.ClientGone);
        }
    }

    private void Cancel(CancelCause cause)
    {
        Cancelled = cause;
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The request ends at this moment; the connection's next one asks.
        }
    }
}
