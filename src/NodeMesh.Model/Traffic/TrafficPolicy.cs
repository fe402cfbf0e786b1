namespace NodeMesh.Model.Traffic;

/// <summary>How the endpoints of a service are treated by clients: a DestinationRule, or what our own kinds say of the same.</summary>
public sealed record TrafficPolicy
{
    /// <summary>Where it was written; of several that were merged, the first.</summary>
    public required ResourceOrigin Origin { get; init; }

    /// <summary>The clients' namespace for which it is; empty for all.</summary>
    public string ClientNamespace { get; init; } = "";

    /// <summary>What holds unless port or subset say otherwise.</summary>
    public TrafficSettings Settings { get; init; } = TrafficSettings.Default;

    /// <summary>What holds on single ports. As Istio documents, it does not mix: what a port leaves out is the default, not what <see cref="Settings"/> says.</summary>
    public ValueList<PortTrafficSettings> Ports { get; init; }

    /// <summary>Parts of the endpoints that routes may name.</summary>
    public ValueList<TrafficSubset> Subsets { get; init; }

    /// <summary>Finds a subset.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The subset; null when there is none of the name.</returns>
    public TrafficSubset? FindSubset(string name)
    {
        foreach (var subset in Subsets)
        {
            if (subset.Name == name)
            {
                return subset;
            }
        }

        return null;
    }

    /// <summary>What holds for a port and subset. A subset is asked part by part before the policy; a port replaces, at either of them.</summary>
    /// <param name="port">The service's port.</param>
    /// <param name="subset">The subset; empty for none.</param>
    /// <returns>The settings.</returns>
    public TrafficSettings For(int port, string subset)
    {
        ArgumentNullException.ThrowIfNull(subset);
        var settings = Find(Ports, port) is { } own ? Settings.OnPort(own) : Settings;
        if (subset.Length == 0 || FindSubset(subset) is not { } part)
        {
            return settings;
        }

        settings = part.Settings is { } ofSubset ? ofSubset.Or(settings) : settings;
        return Find(part.Ports, port) is { } ofPort ? settings.OnPort(ofPort) : settings;
    }

    private static TrafficSettings? Find(ValueList<PortTrafficSettings> ports, int port)
    {
        foreach (var candidate in ports)
        {
            if (candidate.Port == port)
            {
                return candidate.Settings;
            }
        }

        return null;
    }
}
