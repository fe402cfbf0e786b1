using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Proxy;

/// <summary>Asks the servers of a mesh over HTTP/1.1; how to connect to them, and what to say when that fails, is each mesh's own.</summary>
internal abstract class MeshAccess : IMeshAccess
{
    private readonly ConcurrentDictionary<MeshPart, HttpClient> _clients = [];

    /// <inheritdoc/>
    public abstract string Title { get; }

    /// <inheritdoc/>
    public virtual string DefaultNamespace => "default";

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Nodes { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> ControlPlanes { get; }

    /// <summary>How long an answer may take.</summary>
    protected abstract TimeSpan Limit { get; }

    /// <inheritdoc/>
    public abstract string RequireNode(string node);

    /// <inheritdoc/>
    public abstract Task<ManifestSet> ReadResourcesAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async Task<string> AskAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var response = await SendAsync(part, request, limit.Token);
            return await response.Content.ReadAsStringAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ProxyQueryException($"{part.Who} did not finish its answer to {request.Path}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProxyQueryException($"{part.Who} did not answer within {Limit.TotalSeconds:0} s; {Hint(part)}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            // The stream ends the response with itself.
            return await (await SendAsync(part, request, limit.Token)).Content.ReadAsStreamAsync(cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProxyQueryException($"{part.Who} did not answer within {Limit.TotalSeconds:0} s; {Hint(part)}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken) =>
        await AskJsonAsync(new MeshPart(MeshPort.Admin, node), MeshRequest.Get(path), cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken)
    {
        RequireControl();
        var answers = await Task.WhenAll(ControlPlanes.Select(async (name, i) =>
        {
            try
            {
                return await AskJsonAsync(new MeshPart(MeshPort.Control, name), MeshRequest.Get(path), cancellationToken);
            }
            catch (ProxyQueryException) when (i > 0)
            {
                // A replica that does not answer serves no proxy; the ready ones come first.
                return default;
            }
        }));
        var proxies = answers.SelectMany(a => a.Items("proxies")).Select(p => p.GetRawText());
        return JsonSerializer.SerializeToElement(answers[0].EnumerateObject().ToDictionary(
            p => p.Name, p => p.Name == "proxies" ? JsonDocument.Parse($"[{string.Join(',', proxies)}]").RootElement : p.Value, StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends connections.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    /// <summary>Connects.</summary>
    /// <param name="part">To whom.</param>
    /// <param name="ct">Gives up.</param>
    protected abstract ValueTask<Stream> ConnectAsync(MeshPart part, CancellationToken ct);

    /// <summary>Where the user finds out why somebody does not answer.</summary>
    /// <param name="part">Whom.</param>
    protected abstract string Hint(MeshPart part);

    /// <summary>Says that there is no control plane, where there is none.</summary>
    /// <exception cref="ProxyQueryException">There is none.</exception>
    protected abstract void RequireControl();

    /// <inheritdoc/>
    public async Task<JsonElement> AskJsonAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken)
    {
        var text = await AskAsync(part, request, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ProxyQueryException($"{part.Who} answered {request.Path} with something that is not JSON: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(MeshPart part, MeshRequest request, CancellationToken ct)
    {
        var client = _clients.GetOrAdd(part, p => new HttpClient(
            new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, token) => ConnectAsync(p, token) },
            disposeHandler: true)
        { Timeout = Timeout.InfiniteTimeSpan });
        using var message = new HttpRequestMessage(request.Method, new Uri($"http://localhost{request.Path}"));
        message.Content = request.Body is null ? null : new StringContent(request.Body, Encoding.UTF8, "application/json");
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw new ProxyQueryException($"{part.Who} cannot be asked: {e.InnerException?.Message ?? e.Message}; {Hint(part)}", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var words = (await response.Content.ReadAsStringAsync(ct)).Trim();
            throw new ProxyQueryException(words.Length > 0 && (int)response.StatusCode != 404
                ? $"{part.Who}: {words}"
                : $"{part.Who} does not know {request.Path.Split('?')[0]} ({(int)response.StatusCode}): is it of this program's version? See 'nodemesh version'");
        }
    }
}
