using System.Net;

namespace NodeMesh.Model.Routing;

/// <summary>What is done with connections on L4: TCPRoute, TLSRoute, and the <c>tcp</c> and <c>tls</c> rules of a VirtualService. The first that matches wins.</summary>
public sealed record ConnectionRule
{
    /// <summary>Where it was written.</summary>
    public required RuleOrigin Origin { get; init; }

    /// <summary>Which clients and which port it is for.</summary>
    public RouteScope Scope { get; init; } = new("", 0);

    /// <summary>True for connections of TLS alone, whose server name is in <see cref="ServerNames"/>.</summary>
    public bool Tls { get; init; }

    /// <summary>Server names (SNI), with <c>*.</c> in front for all names below; empty for every one.</summary>
    public ValueList<string> ServerNames { get; init; }

    /// <summary>Networks of which the dialled address must be in one; empty for every one.</summary>
    public ValueList<IPNetwork> Destinations { get; init; }

    /// <summary>Labels that the client must have.</summary>
    public ValueList<WorkloadLabel> SourceLabels { get; init; }

    /// <summary>The client's namespace beside that of <see cref="Scope"/>; empty for every one.</summary>
    public string SourceNamespace { get; init; } = "";

    /// <summary>Where connections go, drawn by weight; none, or one with a fault: they are refused.</summary>
    public ValueList<RouteBackend> Backends { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="destination">The address that was dialled; null when it is not known.</param>
    /// <param name="serverName">The server name of a TLS connection, in lower case; null for one that is not TLS or says none.</param>
    /// <param name="isTls">True when the connection begins with a TLS hello.</param>
    /// <returns>True when the rule is for it.</returns>
    public bool Matches(in RouteClient client, IPAddress? destination, string? serverName, bool isTls) =>
        Scope.Includes(client.Namespace, client.Port)
        && (!Tls || isTls)
        && (SourceNamespace.Length == 0 || SourceNamespace == client.Namespace)
        && client.HasLabels(SourceLabels)
        && (ServerNames.IsEmpty || NamesServer(serverName))
        && (Destinations.IsEmpty || IsIn(destination));

    private bool NamesServer(string? serverName)
    {
        if (serverName is null)
        {
            return false;
        }

        foreach (var name in ServerNames)
        {
            if (HostPattern.Matches(name, serverName))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsIn(IPAddress? destination)
    {
        if (destination is null)
        {
            return false;
        }

        var plain = MeshModel.Unmap(destination);
        foreach (var network in Destinations)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
