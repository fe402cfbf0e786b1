using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes;

/// <summary>The objects of one kind, in one namespace or in all.</summary>
/// <typeparam name="T">Their type.</typeparam>
public sealed partial class ResourceClient<T>
    where T : class, IKubernetesObject
{
    /// <summary>client-go's page: large enough to be few, small enough not to stand out in anybody's memory.</summary>
    private const int DefaultPage = 500;

    private readonly JsonTypeInfo<T> _typeInfo;

    internal ResourceClient(ApiTransport transport, KubernetesKind kind, JsonTypeInfo<T> typeInfo, string? ns)
    {
        Transport = transport;
        Kind = kind;
        Namespace = ns;
        _typeInfo = typeInfo;
    }

    /// <summary>The kind.</summary>
    public KubernetesKind Kind { get; }

    /// <summary>The namespace; null means all, and for kinds of the whole cluster.</summary>
    public string? Namespace { get; }

    internal ApiTransport Transport { get; }

    /// <summary>The objects of one namespace.</summary>
    /// <param name="ns">The namespace; null means all.</param>
    /// <returns>Those objects.</returns>
    public ResourceClient<T> InNamespace(string? ns) => new(Transport, Kind, _typeInfo, ns);

    /// <summary>Reads an object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The object.</returns>
    /// <exception cref="KubernetesException">There is none (404), or it must not be read (403).</exception>
    public async Task<T> ReadAsync(string name, CancellationToken ct = default) =>
        Parse(await Transport.SendAsync(new ApiRequest("get", HttpMethod.Get, PathOf(name)), ct));

    /// <summary>Reads an object that may not exist.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The object; null when there is none.</returns>
    public async Task<T?> FindAsync(string name, CancellationToken ct = default)
    {
        try
        {
            return await ReadAsync(name, ct);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Lists objects: one page, if a limit is given.</summary>
    /// <param name="options">Which.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The page.</returns>
    public async Task<KubernetesList<T>> ListAsync(ListOptions? options = null, CancellationToken ct = default)
    {
        var request = Select(new ApiRequest("list", HttpMethod.Get, Kind.Path(Namespace)), options)
            .With("limit", options?.Limit).With("continue", options?.Continue).With("resourceVersion", options?.ResourceVersion);
        return ListReader.Read(await Transport.SendAsync(request, ct), Kind, _typeInfo);
    }

    /// <summary>Lists all objects, page by page. A list that outlives its version (410) begins anew, then in one piece.</summary>
    /// <param name="options">Which; <see cref="ListOptions.Limit"/> is the size of a page.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>All, with the version to watch from.</returns>
    public async Task<KubernetesList<T>> ListAllAsync(ListOptions? options = null, CancellationToken ct = default)
    {
        var first = (options ?? new ListOptions()) with { Limit = options?.Limit ?? DefaultPage, Continue = null };
        var items = new List<T>();
        var page = first;
        while (true)
        {
            KubernetesList<T> answer;
            try
            {
                answer = await ListAsync(page, ct);
            }
            catch (KubernetesException e) when (e.IsExpired && page.Continue is not null)
            {
                items.Clear();
                page = first with { Limit = null, ResourceVersion = null };
                continue;
            }

            items.AddRange(answer.Items);
            if (string.IsNullOrEmpty(answer.Metadata.Continue))
            {
                return new KubernetesList<T>(answer.Metadata, items);
            }

            // The mark carries the version; the server refuses both.
            page = page with { Continue = answer.Metadata.Continue, ResourceVersion = null };
        }
    }

    /// <summary>Watches from a version until the server or the connection ends it; <see cref="Informers.SharedInformer{T}"/> goes on for ever.</summary>
    /// <param name="resourceVersion">A list's version, or a former event's; missing begins with what is there.</param>
    /// <param name="options">Which objects.</param>
    /// <param name="ct">Ends the watch.</param>
    /// <returns>The events.</returns>
    /// <exception cref="KubernetesException">410: the version is forgotten, list again.</exception>
    /// <exception cref="KubernetesConnectionException">The connection broke: go on from the last event's version.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(string? resourceVersion = null, ListOptions? options = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var watch = await OpenWatchAsync(resourceVersion, options, ct);
        while (await watch.ReadAsync(ct) is { } next)
        {
            yield return next;
        }
    }

    internal Task<WatchStream<T>> OpenWatchAsync(string? resourceVersion, ListOptions? options, CancellationToken ct)
    {
        var request = Select(new ApiRequest("watch", HttpMethod.Get, Kind.Path(Namespace)), options);
        return WatchStream<T>.OpenAsync(Transport, request, Kind, _typeInfo, resourceVersion, ct);
    }

    private static ApiRequest Select(ApiRequest request, ListOptions? options) =>
        request.With("labelSelector", options?.LabelSelector).With("fieldSelector", options?.FieldSelector);

    private string PathOf(string name, string? subresource = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Kind.Namespaced && string.IsNullOrEmpty(Namespace)
            ? throw new InvalidOperationException($"{Kind.Kind} {name} is in a namespace: use InNamespace")
            : Kind.Path(Namespace, name, subresource);
    }

    private T Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, _typeInfo) ?? throw new JsonException("null is no object");
        }
        catch (JsonException e)
        {
            throw new KubernetesConnectionException($"the API server answered with what is not a {Kind.Kind}: {e.Message}: {Encoding.UTF8.GetString(json[..Math.Min(json.Length, 200)])}", e);
        }
    }
}
