using NodeMesh.Model.Traffic;

namespace NodeMesh.Model.Balancing;

/// <summary>Which endpoints come first by place. 0 is the best; a worse one is used as far as the better ones cannot take the traffic.</summary>
public static class LocalityPriority
{
    private const string RegionLabel = "topology.kubernetes.io/region";
    private const string ZoneLabel = "topology.kubernetes.io/zone";
    private const string SubzoneLabel = "topology.istio.io/subzone";
    private const string NetworkLabel = "topology.istio.io/network";
    private const string ClusterLabel = "topology.istio.io/cluster";
    private const string HostnameLabel = "kubernetes.io/hostname";

    /// <summary>The priority of an endpoint.</summary>
    /// <param name="settings">What counts.</param>
    /// <param name="client">The client.</param>
    /// <param name="clientLabels">Its labels.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>0 or more.</returns>
    public static int Of(LocalityBalancing settings, ClientPlacement client, ValueList<WorkloadLabel> clientLabels, Workload endpoint)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(endpoint);
        return settings.FailoverPriority.IsEmpty
            ? OfPlace(client.Locality, endpoint.Locality, StandIn(settings, client.Locality.Region))
            : OfLabels(settings.FailoverPriority, client, clientLabels, endpoint);
    }

    /// <summary>The priority by nearness: the same subzone, zone, region; then the region that stands in, then all others.</summary>
    /// <param name="client">The client's place.</param>
    /// <param name="endpoint">The endpoint's place.</param>
    /// <param name="standIn">The region that stands in for the client's own; null when none is named.</param>
    /// <returns>0 to 4.</returns>
    public static int OfPlace(Locality client, Locality endpoint, string? standIn)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(endpoint);
        if (client.Region != endpoint.Region)
        {
            return standIn is null || standIn == endpoint.Region ? 3 : 4;
        }

        return client.Zone != endpoint.Zone ? 2 : client.Subzone != endpoint.Subzone ? 1 : 0;
    }

    private static string? StandIn(LocalityBalancing settings, string region)
    {
        foreach (var rule in settings.Failover)
        {
            if (rule.From == region)
            {
                return rule.To;
            }
        }

        return null;
    }

    // As many steps down as there are labels after the first that differs.
    private static int OfLabels(ValueList<LabelPriority> labels, ClientPlacement client, ValueList<WorkloadLabel> clientLabels, Workload endpoint)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            var wanted = labels[i].Value ?? Of(labels[i].Key, client, clientLabels);
            if (wanted != Of(labels[i].Key, ClientPlacement.Of(endpoint), endpoint.Labels))
            {
                return labels.Count - i;
            }
        }

        return 0;
    }

    private static string Of(string label, ClientPlacement placement, ValueList<WorkloadLabel> labels) => label switch
    {
        RegionLabel => placement.Locality.Region,
        ZoneLabel => placement.Locality.Zone,
        SubzoneLabel => placement.Locality.Subzone,
        NetworkLabel => placement.Network,
        ClusterLabel => placement.ClusterId,
        HostnameLabel => placement.Node,
        _ => Find(labels, label),
    };

    private static string Find(ValueList<WorkloadLabel> labels, string key)
    {
        foreach (var label in labels)
        {
            if (label.Key == key)
            {
                return label.Value;
            }
        }

        return "";
    }
}
