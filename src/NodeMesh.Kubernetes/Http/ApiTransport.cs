using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Kubernetes.Authentication;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Http;

/// <summary>Sends requests: with credentials and time-outs, again where the server asks for it, with an exception for whatever is no success.</summary>
internal sealed partial class ApiTransport : IDisposable
{
    private static readonly TimeSpan BrokenConnectionPause = TimeSpan.FromMilliseconds(100);
    private readonly KubernetesClientConfiguration _configuration;
    private readonly HandlerPool _handlers;
    private readonly ICredentialSource _credentials;
    private readonly string _basePath;
    private readonly ILogger _logger;

    public ApiTransport(KubernetesClientConfiguration configuration, KubernetesClientOptions options)
    {
        _configuration = configuration;
        Options = options;
        Metrics = new ClientMetrics();
        _handlers = new HandlerPool(configuration, options);
        _credentials = configuration.Exec is { } exec
            ? new ExecCredentials(exec, configuration, options.Time)
            : new ConfiguredCredentials(configuration, options.Time);
        _basePath = configuration.Host.AbsolutePath.TrimEnd('/');
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("NodeMesh.Kubernetes");
    }

    public KubernetesClientOptions Options { get; }

    public ClientMetrics Metrics { get; }

    public Uri Host => _configuration.Host;

    private TimeProvider Clock => Options.Time;

    /// <summary>Sends, and reads the whole answer.</summary>
    public async Task<byte[]> SendAsync(ApiRequest request, CancellationToken ct)
    {
        var timeout = request.Timeout ?? Options.RequestTimeout;
        using var timer = new CancellationTokenSource(timeout, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            using var response = await AttemptAsync(request, timeout, either.Token);
            return await response.Content.ReadAsByteArrayAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw ApiFailure.TimedOut(Host, request, timeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw ApiFailure.FromTransport(Host, e);
        }
    }

    /// <summary>Sends, and returns when the answer begins; the time-out ends there.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken ct)
    {
        var timeout = request.Timeout ?? Options.RequestTimeout;
        using var timer = new CancellationTokenSource(timeout, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await AttemptAsync(request, timeout, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw ApiFailure.TimedOut(Host, request, timeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw ApiFailure.FromTransport(Host, e);
        }
    }

    /// <summary>What a WebSocket needs: the connections, the address, the headers.</summary>
    public async Task<(HttpMessageInvoker Invoker, Uri Address, IReadOnlyList<KeyValuePair<string, string>> Headers)> PrepareWebSocketAsync(ApiRequest request, CancellationToken ct)
    {
        var credential = await _credentials.GetAsync(ct);
        var address = new UriBuilder(Address(request)) { Scheme = Host.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
        var headers = new List<KeyValuePair<string, string>>(Impersonation());
        if (credential.Authorization is { } authorization)
        {
            headers.Add(new("Authorization", authorization.ToString()));
        }

        if (_configuration.TlsServerName is { } name)
        {
            headers.Add(new("Host", name));
        }

        return (_handlers.Get(credential.Certificate), address, headers);
    }

    public void Dispose()
    {
        _handlers.Dispose();
        _credentials.Dispose();
        Metrics.Dispose();
    }

    private async Task<HttpResponseMessage> AttemptAsync(ApiRequest request, TimeSpan timeout, CancellationToken ct)
    {
        var began = Clock.GetTimestamp();
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            var credential = await _credentials.GetAsync(ct);
            var response = await TrySendAsync(request, credential, attempt, ct);
            if (response is null)
            {
                await Task.Delay(BrokenConnectionPause, Clock, ct);
                continue;
            }

            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                ReportWarnings(response);
                return response;
            }

            using (response)
            {
                if (response.StatusCode == HttpStatusCode.Unauthorized && !renewed && _credentials.Invalidate(credential))
                {
                    renewed = true;
                    continue;
                }

                var wait = RetryPolicy.After(response, Clock);
                if (wait is not { } delay || attempt >= RetryPolicy.MaxAttempts || Clock.GetElapsedTime(began) + delay >= timeout)
                {
                    throw await ApiFailure.ReadAsync(request, response, Clock, ct);
                }

                Metrics.Retried(request.Verb, response.StatusCode);
                LogSentAway(request.Method.Method, request.Path, (int)response.StatusCode, delay.TotalSeconds);
                await Task.Delay(delay, Clock, ct);
            }
        }
    }

    /// <summary>Null when the connection broke under a read, which may be sent again.</summary>
    private async Task<HttpResponseMessage?> TrySendAsync(ApiRequest request, RequestCredential credential, int attempt, CancellationToken ct)
    {
        using var message = Message(request, credential);
        var began = Clock.GetTimestamp();
        try
        {
            var response = await _handlers.Get(credential.Certificate).SendAsync(message, ct);
            Metrics.Answered(request.Verb, response.StatusCode, Clock.GetElapsedTime(began));
            return response;
        }
        catch (SocketException e)
        {
            // The base library asks a new connection for its far end, and where that is gone again already the answer passes its own translation.
            Metrics.Failed(request.Verb);
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"the connection to {Host} ended as it began: {e.Message}", e);
        }
        catch (HttpRequestException e) when (request.Method == HttpMethod.Get && attempt < 3 && RetryPolicy.IsBroken(e))
        {
            Metrics.Failed(request.Verb);
            return null;
        }
        catch (ObjectDisposedException) when (!_handlers.IsDisposed && attempt < RetryPolicy.MaxAttempts)
        {
            // Another request brought a new certificate, and with it new connections, between our look and our use: nothing was sent.
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Metrics.Failed(request.Verb);
            throw;
        }
    }

    private HttpRequestMessage Message(ApiRequest request, RequestCredential credential)
    {
        var message = new HttpRequestMessage(request.Method, Address(request))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.TryAddWithoutValidation("User-Agent", Options.UserAgent);
        message.Headers.Authorization = credential.Authorization;
        // The handler takes the name to find in the certificate from this header.
        message.Headers.Host = _configuration.TlsServerName;
        foreach (var (name, value) in Impersonation())
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        return message;
    }

    private Uri Address(ApiRequest request) => new(Host, _basePath + request.PathAndQuery);

    private IEnumerable<KeyValuePair<string, string>> Impersonation()
    {
        if (_configuration.Impersonate is not { } other)
        {
            yield break;
        }

        yield return new("Impersonate-User", other.User);
        if (other.Uid is { } uid)
        {
            yield return new("Impersonate-Uid", uid);
        }

        if (other.Group is { } group)
        {
            yield return new("Impersonate-Group", group);
        }
    }

    private void ReportWarnings(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Warning", out var warnings))
        {
            foreach (var warning in warnings)
            {
                LogWarning(warning);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Method} {Path}: the API server answered {Status}, asking to come back in {Seconds:0.0} s")]
    private partial void LogSentAway(string method, string path, int status, double seconds);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The API server warns: {Warning}")]
    private partial void LogWarning(string warning);
}
