using NodeMesh.Discovery.Protos.Xds;

namespace NodeMesh.Discovery.Serving;

/// <summary>
/// What one stream wants of one type, what it has, and what it must still hear of. Pending changes are names, not contents, so a slow proxy costs at
/// most one entry per resource and always gets the newest content. Guarded by the server's lock.
/// </summary>
internal sealed class TypeSubscription(ResourceTable table, DeltaDiscoveryServerOptions options)
{
    private readonly HashSet<string> _requested = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unacknowledged = new(StringComparer.Ordinal);
    private bool _wildcard;
    private bool _mustRespond = true;
    private string _acknowledgedVersion = "";
    private string _sentVersion = "";
    private DateTimeOffset? _lastSent;
    private DateTimeOffset? _lastAcknowledged;
    private long _acknowledgements;
    private long _rejections;
    private string? _rejection;

    public int RequestedCount => _requested.Count;

    /// <summary>The stream's first request of the type: an empty list means everything (delta xDS, "wildcard").</summary>
    public void Open(DeltaDiscoveryRequest request)
    {
        _wildcard = request.ResourceNamesSubscribe.Count == 0;
        foreach (var (name, version) in request.InitialResourceVersions)
        {
            _sent[name] = version;
            _pending.Add(name);
        }

        if (_wildcard)
        {
            _pending.UnionWith(table.Names);
        }

        Subscribe(request, isFirst: true);
    }

    /// <summary>Any request: subscribes, then unsubscribes, so that both of <c>*</c> leave no wildcard.</summary>
    public void Subscribe(DeltaDiscoveryRequest request, bool isFirst)
    {
        foreach (var name in request.ResourceNamesSubscribe)
        {
            if (name == DiscoveryMarkers.Wildcard)
            {
                _wildcard = true;
                _mustRespond = true;
                _pending.UnionWith(table.Names);
                continue;
            }

            _requested.Add(name);
            if (!isFirst)
            {
                // Asking again for a name asks for its content again.
                Forget(name);
            }

            _missing.Add(name);
        }

        foreach (var name in request.ResourceNamesUnsubscribe)
        {
            if (name == DiscoveryMarkers.Wildcard)
            {
                _wildcard = false;
                continue;
            }

            _requested.Remove(name);
            _missing.Remove(name);
        }

        if (request.ResourceNamesUnsubscribe.Count > 0 && !_wildcard)
        {
            DropUnwanted();
        }
    }

    /// <returns>Why the client refused the response; null: it acknowledged, or the nonce is not known.</returns>
    public string? Acknowledge(DeltaDiscoveryRequest request, DateTimeOffset now)
    {
        if (!_unacknowledged.Remove(request.ResponseNonce, out var version))
        {
            return null;
        }

        if (request.ErrorDetail is { } error)
        {
            _rejections++;
            _rejection = error.Message;
            return error.Message;
        }

        _acknowledgements++;
        _acknowledgedVersion = version;
        _lastAcknowledged = now;
        _rejection = null;
        return null;
    }

    /// <summary>Notes that resources changed.</summary>
    /// <returns>True when the stream has something to do.</returns>
    public bool Touch(IReadOnlyCollection<string> names)
    {
        _pending.UnionWith(names);
        return _pending.Count > 0;
    }

    /// <summary>Makes the next response; null when there is nothing to say, or too much is unacknowledged.</summary>
    public DeltaDiscoveryResponse? Next(string revision, Func<string> nextNonce, DateTimeOffset now)
    {
        if (_unacknowledged.Count >= options.MaxUnacknowledged)
        {
            return null;
        }

        var response = new DeltaDiscoveryResponse { TypeUrl = table.TypeUrl };
        ResolveMissing(response);
        Drain(response);
        if (!_mustRespond && response.Resources.Count == 0 && response.RemovedResources.Count == 0)
        {
            return null;
        }

        // A part that announces more obliges us to close the push, even if nothing is left of it by then.
        _mustRespond = _pending.Count > 0;
        response.SystemVersionInfo = _mustRespond ? DiscoveryMarkers.MoreFollows : revision;
        response.Nonce = nextNonce();
        response.ControlPlane = new ControlPlane { Identifier = options.Identifier };
        _unacknowledged[response.Nonce] = revision;
        _sentVersion = revision;
        _lastSent = now;
        return response;
    }

    public ProxyTypeStatus Status() => new()
    {
        TypeUrl = table.TypeUrl,
        Wildcard = _wildcard,
        Subscriptions = _requested.Count,
        Resources = _sent.Count,
        Pending = _pending.Count,
        Unacknowledged = _unacknowledged.Count,
        AcknowledgedVersion = _acknowledgedVersion,
        SentVersion = _sentVersion,
        LastSent = _lastSent,
        LastAcknowledged = _lastAcknowledged,
        Acknowledgements = _acknowledgements,
        Rejections = _rejections,
        Rejection = _rejection,
    };

    private bool IsWanted(DiscoveryResource resource) => _wildcard || table.IsRequested(resource, _requested);

    private void Forget(string requested)
    {
        var names = new List<string>();
        table.Resolve(requested, names);
        foreach (var name in names)
        {
            _sent.Remove(name);
        }
    }

    private void ResolveMissing(DeltaDiscoveryResponse response)
    {
        foreach (var name in _missing)
        {
            if (!table.Resolve(name, _pending))
            {
                // "There is no such resource" is said by removing it, so that the asker need not wait for ever.
                response.RemovedResources.Add(name);
            }
        }

        _missing.Clear();
    }

    private void Drain(DeltaDiscoveryResponse response)
    {
        var done = new List<string>();
        var bytes = 0;
        foreach (var name in _pending)
        {
            if (response.Resources.Count >= options.MaxResourcesPerResponse || bytes >= options.MaxBytesPerResponse)
            {
                break;
            }

            done.Add(name);
            if (table.Find(name) is { } resource && IsWanted(resource))
            {
                if (!_sent.TryGetValue(name, out var version) || version != resource.Version)
                {
                    response.Resources.Add(Encode(resource));
                    _sent[name] = resource.Version;
                    bytes += resource.Body.Value.Length;
                }
            }
            else if (_sent.Remove(name))
            {
                response.RemovedResources.Add(name);
            }
        }

        _pending.ExceptWith(done);
    }

    private void DropUnwanted()
    {
        foreach (var name in _sent.Keys)
        {
            if (table.Find(name) is { } resource && !IsWanted(resource))
            {
                _sent.Remove(name);
            }
        }
    }

    private static Resource Encode(DiscoveryResource resource)
    {
        var wire = new Resource { Name = resource.Name, Version = resource.Version, Resource_ = resource.Body };
        wire.Aliases.AddRange(resource.Aliases);
        return wire;
    }
}
