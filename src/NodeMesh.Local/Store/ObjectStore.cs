using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Local.Layout;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Store;

/// <summary>
/// The objects that were applied: what the API server is on a cluster. Each is written to <c>manifests/applied</c> for the control plane,
/// by rename, so that nobody reads half of it; pods are not, since the control plane reads them from <c>manifests/runtime</c>.
/// </summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="time">The clock.</param>
internal sealed class ObjectStore(MeshLayout layout, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ServiceAddresses _addresses = new();
    private ImmutableDictionary<ObjectKey, StoredObject> _objects = ImmutableDictionary<ObjectKey, StoredObject>.Empty;

    /// <summary>All objects, as they are now.</summary>
    public ImmutableDictionary<ObjectKey, StoredObject> Objects => Volatile.Read(ref _objects);

    /// <summary>Called after a change, outside of any lock.</summary>
    public Action? Changed { get; set; }

    /// <summary>The typed resources of a kind.</summary>
    /// <typeparam name="T">The kind's type.</typeparam>
    public IEnumerable<T> All<T>()
        where T : Resource => Objects.Values.Select(o => o.Document.Resource).OfType<T>();

    /// <summary>One typed resource.</summary>
    /// <typeparam name="T">The kind's type.</typeparam>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The resource, or null.</returns>
    public T? Find<T>(string ns, string name)
        where T : Resource => Objects.GetValueOrDefault(new ObjectKey(ResourceKinds.Of(typeof(T)), ns, name))?.Document.Resource as T;

    /// <summary>Applies documents that were validated.</summary>
    /// <param name="documents">The documents.</param>
    /// <returns>What became of each.</returns>
    /// <exception cref="ObjectStoreException">A service's address cannot be had; then nothing was changed.</exception>
    public IReadOnlyList<(ObjectKey Key, ApplyOutcome Outcome)> Apply(IReadOnlyList<ManifestDocument> documents)
    {
        var outcomes = new List<(ObjectKey, ApplyOutcome)>();
        lock (_gate)
        {
            ServiceAddresses.CheckAll(documents, Objects);
            foreach (var document in documents)
            {
                outcomes.Add((ObjectKey.Of(document), ApplyOne(document)));
            }
        }

        if (outcomes.Exists(o => o.Item2 != ApplyOutcome.Unchanged))
        {
            Changed?.Invoke();
        }

        return outcomes;
    }

    /// <summary>Changes an object otherwise than by applying it; a later apply sees it as changed.</summary>
    /// <param name="key">The object.</param>
    /// <param name="change">Makes the new tree of the old.</param>
    /// <returns>False when there is no such object.</returns>
    public bool Change(ObjectKey key, Func<ManifestMapping, ManifestMapping> change)
    {
        lock (_gate)
        {
            if (!Objects.TryGetValue(key, out var existing))
            {
                return false;
            }

            var root = NextGeneration(change(existing.Document.Root));
            Put(key, new StoredObject(Reread(root), null));
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Deletes objects, and with a namespace all that is in it.</summary>
    /// <param name="keys">The objects.</param>
    /// <returns>Those that were there.</returns>
    public IReadOnlyList<ObjectKey> Delete(IEnumerable<ObjectKey> keys)
    {
        var deleted = new List<ObjectKey>();
        lock (_gate)
        {
            foreach (var key in keys)
            {
                if (!Objects.ContainsKey(key))
                {
                    continue;
                }

                deleted.Add(key);
                var inside = key.Kind.Kind == "Namespace" && key.Kind.Group.Length == 0 ? Objects.Keys.Where(k => k.Namespace == key.Name) : [];
                foreach (var gone in inside.Append(key).ToArray())
                {
                    Remove(gone);
                }
            }
        }

        if (deleted.Count > 0)
        {
            Changed?.Invoke();
        }

        return deleted;
    }

    /// <summary>Writes a file so that readers see the old or the new one, never a part.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its text.</param>
    internal static void WriteAtomically(string path, string text)
    {
        // A name that begins with a dot and does not end like a manifest: watchers of the directory leave it alone. It is this writer's own:
        // two that write one file at a time must not rename each other's.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    private ApplyOutcome ApplyOne(ManifestDocument document)
    {
        var key = ObjectKey.Of(document);
        var existing = Objects.GetValueOrDefault(key);
        if (existing?.Applied is { } applied && applied.DeepEquals(document.Root))
        {
            return ApplyOutcome.Unchanged;
        }

        var metadata = (ManifestMapping)document.Root["metadata"]!;
        var old = existing?.Document.Root["metadata"] as ManifestMapping;
        metadata = metadata
            .With("uid", old?["uid"] ?? ManifestScalar.String(Guid.NewGuid().ToString()))
            .With("creationTimestamp", old?["creationTimestamp"] ?? ManifestScalar.String(Timestamp(time.GetUtcNow())))
            .With("generation", old?["generation"] ?? ManifestScalar.Integer(0));
        var root = NextGeneration(document.Root.With("metadata", metadata));
        root = document.Resource is ServiceResource ? _addresses.Assign(root, existing?.Document.Root) : root;
        Put(key, new StoredObject(Reread(root), document.Root));
        return existing is null ? ApplyOutcome.Created : ApplyOutcome.Configured;
    }

    private void Put(ObjectKey key, StoredObject value)
    {
        Volatile.Write(ref _objects, Objects.SetItem(key, value));
        if (value.Document.Resource is not PodResource)
        {
            WriteAtomically(Path.Combine(layout.Applied, key.FileName), ManifestWriter.ToYaml(value.Document.Root));
        }
    }

    private void Remove(ObjectKey key)
    {
        if (Objects.TryGetValue(key, out var gone))
        {
            _addresses.Release(gone.Document);
            Volatile.Write(ref _objects, Objects.Remove(key));
            File.Delete(Path.Combine(layout.Applied, key.FileName));
        }
    }

    private static ManifestMapping NextGeneration(ManifestMapping root)
    {
        var metadata = (ManifestMapping)root["metadata"]!;
        var generation = long.Parse(metadata.Text("generation") ?? "0", CultureInfo.InvariantCulture);
        return root.With("metadata", metadata.With("generation", ManifestScalar.Integer(generation + 1)));
    }

    private static ManifestDocument Reread(ManifestMapping root) => ManifestReader.ReadText(ManifestWriter.ToYaml(root), "").Documents.Single();

    private static string Timestamp(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
