using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using NodeMesh.Local.Daemon;
using NodeMesh.Local.Layout;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Client;

/// <summary>Talks to a mesh's daemon.</summary>
public sealed class LocalClient : IDisposable
{
    private readonly MeshLayout _layout;
    private readonly HttpClient _http;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <param name="layout">The mesh's files.</param>
    public LocalClient(MeshLayout layout)
    {
        _layout = layout;
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://daemon"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>How the mesh goes.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalApiException">There is no such mesh, or its daemon does not run.</exception>
    public Task<MeshStatus> StatusAsync(CancellationToken cancellationToken) =>
        SendAsync<MeshStatus>(() => _http.GetAsync(new Uri("/v1/status", UriKind.Relative), cancellationToken), cancellationToken);

    /// <summary>Applies manifests: all of them or, when one is wrong, none.</summary>
    /// <param name="manifests">The documents.</param>
    /// <param name="images">Commands of images.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of each.</returns>
    /// <exception cref="LocalApiException">Something is wrong with them.</exception>
    public Task<ImmutableArray<ObjectOutcome>> ApplyAsync(IEnumerable<ManifestDocument> manifests, ImmutableDictionary<string, string> images, CancellationToken cancellationToken)
    {
        var text = string.Join("---\n", manifests.Select(d => ManifestWriter.ToYaml(d.Root)));
        return SendAsync<ImmutableArray<ObjectOutcome>>(
            () => _http.PostAsJsonAsync(new Uri("/v1/apply", UriKind.Relative), new ApplyRequest(text, images), cancellationToken), cancellationToken);
    }

    /// <summary>Deletes objects and waits until their pods are gone.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="grace">How long pods may take, in seconds; null for what they say.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What became of each.</returns>
    /// <exception cref="LocalApiException">The daemon does not answer.</exception>
    public Task<ImmutableArray<ObjectOutcome>> DeleteAsync(IReadOnlyList<ObjectName> objects, int? grace, CancellationToken cancellationToken)
    {
        var query = grace is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"?grace={seconds}") : "";
        return SendAsync<ImmutableArray<ObjectOutcome>>(
            () => _http.PostAsJsonAsync(new Uri("/v1/delete" + query, UriKind.Relative), objects, cancellationToken), cancellationToken);
    }

    /// <summary>Changes how many pods a Deployment or StatefulSet has.</summary>
    /// <param name="request">Which, and how many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalApiException">There is no such object, or it cannot be scaled.</exception>
    public Task<ObjectOutcome> ScaleAsync(ScaleRequest request, CancellationToken cancellationToken) =>
        SendAsync<ObjectOutcome>(() => _http.PostAsJsonAsync(new Uri("/v1/scale", UriKind.Relative), request, cancellationToken), cancellationToken);

    /// <summary>Restarts a process of the mesh.</summary>
    /// <param name="component">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalApiException">There is no such process.</exception>
    public Task<ObjectOutcome> RestartAsync(string component, CancellationToken cancellationToken) =>
        SendAsync<ObjectOutcome>(() => _http.PostAsync(new Uri($"/v1/restart/{Uri.EscapeDataString(component)}", UriKind.Relative), null, cancellationToken), cancellationToken);

    /// <summary>Reads objects with their status.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">A namespace; null for all.</param>
    /// <param name="name">A name; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalApiException">The daemon does not answer.</exception>
    public async Task<ImmutableArray<ManifestMapping>> GetAsync(ResourceKind kind, string? ns, string? name, CancellationToken cancellationToken)
    {
        var query = $"/v1/objects?apiVersion={Uri.EscapeDataString(kind.ApiVersion)}&kind={Uri.EscapeDataString(kind.Kind)}"
            + (ns is null ? "" : $"&ns={Uri.EscapeDataString(ns)}") + (name is null ? "" : $"&name={Uri.EscapeDataString(name)}");
        using var response = await ReachAsync(() => _http.GetAsync(new Uri(query, UriKind.Relative), cancellationToken));
        response.EnsureSuccessStatusCode();
        return JsonNodes.ReadArray(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        using var response = await ReachAsync(send);
        if (response.StatusCode == System.Net.HttpStatusCode.BadRequest)
        {
            var error = await response.Content.ReadFromJsonAsync<ApiError>(cancellationToken);
            throw new LocalApiException(error?.Errors ?? ["the daemon refused the request"]);
        }

        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
    }

    private async Task<HttpResponseMessage> ReachAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return await send();
        }
        catch (HttpRequestException e)
        {
            throw new LocalApiException(
                Directory.Exists(_layout.State)
                    ? $"the daemon of mesh {_layout.Name} does not answer ({e.InnerException?.Message ?? e.Message}): see {_layout.Logs}/daemon.log, or end the mesh with 'nodemesh local down --name {_layout.Name}'"
                    : $"there is no mesh {_layout.Name}: make one with 'nodemesh local up --name {_layout.Name}'", e);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_layout.Socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
