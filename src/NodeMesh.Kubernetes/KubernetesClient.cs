using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Discovery;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Pods;

namespace NodeMesh.Kubernetes;

/// <summary>A client of one API server. Safe for concurrent use; made once and kept.</summary>
/// <example>
/// <code>
/// using var client = new KubernetesClient(KubernetesClientConfiguration.BuildDefaultConfig());
/// var pods = client.Resources(KubernetesKinds.Pods).InNamespace("shop");
/// foreach (var pod in (await pods.ListAllAsync()).Items) { … }
/// </code>
/// </example>
public sealed class KubernetesClient : IDisposable
{
    /// <summary>The name of the meter of all clients.</summary>
    public const string MeterName = "NodeMesh.Kubernetes";

    private readonly ApiTransport _transport;

    /// <summary>Makes a client; connects with the first request.</summary>
    /// <param name="configuration">Where, whom to trust, who we are.</param>
    /// <param name="options">How it behaves.</param>
    public KubernetesClient(KubernetesClientConfiguration configuration, KubernetesClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        _transport = new ApiTransport(configuration, options ?? new KubernetesClientOptions());
        Discovery = new DiscoveryClient(this, _transport);
    }

    /// <summary>What it was made with.</summary>
    public KubernetesClientConfiguration Configuration { get; }

    /// <summary>Which kinds the server serves.</summary>
    public DiscoveryClient Discovery { get; }

    internal ApiTransport Transport => _transport;

    /// <summary>The objects of a typed kind.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="kind">The kind.</param>
    /// <returns>Its objects in all namespaces.</returns>
    public ResourceClient<T> Resources<T>(KubernetesKind<T> kind)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ResourceClient<T>(_transport, kind, kind.TypeInfo, null);
    }

    /// <summary>The objects of any kind, untyped.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>Its objects in all namespaces.</returns>
    public ResourceClient<KubernetesObject> Resources(KubernetesKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ResourceClient<KubernetesObject>(_transport, kind, KubernetesJsonContext.Default.KubernetesObject, null);
    }

    /// <summary>Logs and ports of the pods of a namespace.</summary>
    /// <param name="ns">The namespace; the configuration's own when missing.</param>
    /// <returns>The pods.</returns>
    public PodClient Pods(string? ns = null) => new(_transport, ns ?? Configuration.Namespace);

    /// <summary>Asks for the server's version.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The version.</returns>
    public Task<VersionInfo> GetVersionAsync(CancellationToken ct = default) => GetAsync("/version", KubernetesJsonContext.Default.VersionInfo, ct);

    /// <summary>Asks whose token it is.</summary>
    /// <param name="token">The token.</param>
    /// <param name="audiences">For whom it must be made; an answer that names none of them is no authentication.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer; never authenticated unless one of the audiences is confirmed.</returns>
    public async Task<V1TokenReviewStatus> ReviewTokenAsync(string token, IReadOnlyList<string> audiences, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(audiences);
        var review = new V1TokenReview { Spec = new V1TokenReviewSpec { Token = token, Audiences = [.. audiences] } };
        var status = (await Resources(KubernetesKinds.TokenReviews).CreateAsync(review, null, ct)).Status ?? new V1TokenReviewStatus();
        // A server (or webhook) that does not know audiences says "authenticated" and names none: that token may be meant for anybody.
        var confirmed = audiences.Count == 0 || (status.Audiences?.Intersect(audiences).Any() ?? false);
        return status.Authenticated == true && !confirmed ? status with { Authenticated = false, Error = "the server confirms none of the audiences" } : status;
    }

    /// <summary>Asks for a token of a service account.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="serviceAccount">Its name.</param>
    /// <param name="spec">What the token shall be.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The token and its end.</returns>
    public async Task<V1TokenRequestStatus> RequestTokenAsync(string ns, string serviceAccount, V1TokenRequestSpec spec, CancellationToken ct = default)
    {
        var request = new V1TokenRequest { ApiVersion = "authentication.k8s.io/v1", Kind = "TokenRequest", Spec = spec };
        var api = new ApiRequest("create", HttpMethod.Post, KubernetesKinds.ServiceAccounts.Path(ns, serviceAccount, "token"))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(request, KubernetesJsonContext.Default.V1TokenRequest),
        };
        var answer = JsonSerializer.Deserialize(await _transport.SendAsync(api, ct), KubernetesJsonContext.Default.V1TokenRequest);
        return answer?.Status ?? throw new KubernetesConnectionException("the API server answered a TokenRequest without a token");
    }

    /// <summary>Asks whether the caller may do something.</summary>
    /// <param name="action">The action.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Whether, and why.</returns>
    public async Task<V1SubjectAccessReviewStatus> ReviewAccessAsync(V1ResourceAttributes action, CancellationToken ct = default)
    {
        var review = new V1SelfSubjectAccessReview { Spec = new V1SelfSubjectAccessReviewSpec { ResourceAttributes = action } };
        return (await Resources(KubernetesKinds.SelfSubjectAccessReviews).CreateAsync(review, null, ct)).Status ?? new V1SubjectAccessReviewStatus();
    }

    /// <summary>Reads a path of the API server that is no object, such as <c>/readyz</c>.</summary>
    /// <param name="path">The path with its query.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer's body.</returns>
    public Task<byte[]> GetRawAsync(string path, CancellationToken ct = default) => _transport.SendAsync(new ApiRequest("get", HttpMethod.Get, path), ct);

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> typeInfo, CancellationToken ct)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(await GetRawAsync(path, ct), typeInfo) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new KubernetesConnectionException($"{Configuration.Host} answered {path} with what is not {typeof(T).Name}: is it an API server?", e);
        }
    }
}
