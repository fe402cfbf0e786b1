namespace NodeMesh.Cli.Cluster;

/// <summary>What <c>nodemesh version</c> says.</summary>
/// <param name="Client">This program.</param>
/// <param name="ControlPlane">The control plane's pods; null where no cluster was asked.</param>
/// <param name="Proxies">The node proxies.</param>
internal sealed record VersionReport(string Client, IReadOnlyList<VersionReport.Component>? ControlPlane, IReadOnlyList<VersionReport.Component>? Proxies)
{
    /// <summary>A running part.</summary>
    /// <param name="Name">Its pod, or its node.</param>
    /// <param name="Version">Its version; empty when it does not say.</param>
    /// <param name="Error">Why it does not say.</param>
    internal sealed record Component(string Name, string Version, string? Error);
}
