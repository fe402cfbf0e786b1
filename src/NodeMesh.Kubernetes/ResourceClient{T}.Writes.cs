using System.Text;
using System.Text.Json;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes;

/// <content>What changes objects.</content>
public sealed partial class ResourceClient<T>
{
    private const string Status = "status";

    /// <summary>Creates an object.</summary>
    /// <param name="value">The object, in this namespace or its own.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    /// <exception cref="KubernetesException">There is one already (409), or it breaks a rule (422).</exception>
    public async Task<T> CreateAsync(T value, WriteOptions? options = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        Name(value);
        var ns = Namespace ?? value.Metadata.Namespace;
        return Kind.Namespaced && string.IsNullOrEmpty(ns)
            ? throw new InvalidOperationException($"{Kind.Kind} {value.Metadata.Name} is in a namespace: use InNamespace or set it in the metadata")
            : await WriteAsync(new ApiRequest("create", HttpMethod.Post, Kind.Path(ns)) { Body = Bytes(value) }, options, ct);
    }

    /// <summary>Writes a whole object. With the resource version of the one that was read, it is refused (409) when somebody wrote meanwhile.</summary>
    /// <param name="value">The object.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    public Task<T> ReplaceAsync(T value, WriteOptions? options = null, CancellationToken ct = default) => PutAsync(value, null, options, ct);

    /// <summary>Writes an object's status, and nothing else of it.</summary>
    /// <param name="value">The object.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    public Task<T> ReplaceStatusAsync(T value, WriteOptions? options = null, CancellationToken ct = default) => PutAsync(value, Status, options, ct);

    /// <summary>Server-side apply: makes the fields that the object states be so, and lets go of those that it stated before. Creates what is not there.</summary>
    /// <param name="value">The object, with the fields alone that are meant; no resource version.</param>
    /// <param name="options">Owner, force.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    /// <exception cref="KubernetesException">Another owner has other values (409) and <see cref="WriteOptions.Force"/> is off.</exception>
    public Task<T> ApplyAsync(T value, WriteOptions? options = null, CancellationToken ct = default)
    {
        Name(value);
        return Owned(value).PatchAsync(new V1Patch(Text(value), PatchType.ApplyPatch), value.Metadata.Name!, options, ct);
    }

    /// <summary>Server-side apply of the status.</summary>
    /// <param name="value">Name and status.</param>
    /// <param name="options">Owner, force.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    public Task<T> ApplyStatusAsync(T value, WriteOptions? options = null, CancellationToken ct = default)
    {
        Name(value);
        return Owned(value).PatchStatusAsync(new V1Patch(Text(value), PatchType.ApplyPatch), value.Metadata.Name!, options, ct);
    }

    /// <summary>Changes an object.</summary>
    /// <param name="patch">The change.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    public Task<T> PatchAsync(V1Patch patch, string name, WriteOptions? options = null, CancellationToken ct = default) => PatchAsync(patch, PathOf(name), "patch", options, ct);

    /// <summary>Changes an object's status, and nothing else of it.</summary>
    /// <param name="patch">The change.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">How.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What the server made of it.</returns>
    public Task<T> PatchStatusAsync(V1Patch patch, string name, WriteOptions? options = null, CancellationToken ct = default) =>
        PatchAsync(patch, PathOf(name, Status), "patch", options, ct);

    /// <summary>Deletes an object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Grace, what becomes of what belongs to it, preconditions.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When the server has taken it on; finalizers and grace periods may keep the object a while.</returns>
    public Task DeleteAsync(string name, V1DeleteOptions? options = null, CancellationToken ct = default) =>
        Transport.SendAsync(new ApiRequest("delete", HttpMethod.Delete, PathOf(name)) { Body = Bytes(options) }, ct);

    /// <summary>Deletes an object if it is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Grace, what becomes of what belongs to it, preconditions.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeleteIfExistsAsync(string name, V1DeleteOptions? options = null, CancellationToken ct = default)
    {
        try
        {
            await DeleteAsync(name, options, ct);
            return true;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>Deletes all objects that are selected.</summary>
    /// <param name="select">Which.</param>
    /// <param name="options">Grace, what becomes of what belongs to them.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When the server has taken it on.</returns>
    public Task DeleteCollectionAsync(ListOptions select, V1DeleteOptions? options = null, CancellationToken ct = default) =>
        Transport.SendAsync(Select(new ApiRequest("deletecollection", HttpMethod.Delete, Kind.Path(Namespace)) { Body = Bytes(options) }, select), ct);

    private static ReadOnlyMemory<byte>? Bytes(V1DeleteOptions? options) =>
        options is null ? null : JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJsonContext.Default.V1DeleteOptions);

    private Task<T> PutAsync(T value, string? subresource, WriteOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(value);
        Name(value);
        var path = Owned(value).PathOf(value.Metadata.Name!, subresource);
        return WriteAsync(new ApiRequest("update", HttpMethod.Put, path) { Body = Bytes(value) }, options, ct);
    }

    private Task<T> PatchAsync(V1Patch patch, string path, string verb, WriteOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var request = new ApiRequest(verb, HttpMethod.Patch, path)
        {
            Body = Encoding.UTF8.GetBytes(patch.Body),
            ContentType = patch.Type switch
            {
                PatchType.JsonPatch => "application/json-patch+json",
                PatchType.MergePatch => "application/merge-patch+json",
                PatchType.StrategicMergePatch => "application/strategic-merge-patch+json",
                // JSON is YAML; only the newest servers know an apply type of JSON's own.
                _ => "application/apply-patch+yaml",
            },
        };
        return WriteAsync(patch.Type == PatchType.ApplyPatch ? request.With("force", options?.Force ?? false) : request, options, ct);
    }

    private async Task<T> WriteAsync(ApiRequest request, WriteOptions? options, CancellationToken ct)
    {
        request.With("fieldManager", options?.FieldManager ?? Transport.Options.FieldManager)
            .With("dryRun", options?.DryRun == true ? "All" : null)
            .With("fieldValidation", options?.FieldValidation);
        return Parse(await Transport.SendAsync(request, ct));
    }

    private ResourceClient<T> Owned(T value) => Namespace is null && value.Metadata.Namespace is { } own ? InNamespace(own) : this;

    /// <summary>Whoever makes an object in code need not repeat what its kind says.</summary>
    private void Name(T value)
    {
        value.ApiVersion ??= Kind.ApiVersion;
        value.Kind ??= Kind.Kind;
    }

    private byte[] Bytes(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _typeInfo);

    private string Text(T value) => JsonSerializer.Serialize(value, _typeInfo);
}
