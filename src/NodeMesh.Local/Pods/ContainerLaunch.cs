using System.Collections.Immutable;

namespace NodeMesh.Local.Pods;

/// <summary>All that is needed to start a container.</summary>
internal sealed record ContainerLaunch
{
    /// <summary>The program and its arguments.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>Its environment.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>Its working directory; made when missing.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The host name.</summary>
    public required string Hostname { get; init; }

    /// <summary>The text of <c>/etc/hosts</c>.</summary>
    public required string Hosts { get; init; }

    /// <summary>The text of <c>/etc/resolv.conf</c>.</summary>
    public required string ResolvConf { get; init; }

    /// <summary>Volumes.</summary>
    public ImmutableArray<ContainerMount> Mounts { get; init; } = [];
}
