namespace NodeMesh.Discovery.Serving;

/// <summary>Values of our own in fields that the protocol leaves to the server.</summary>
internal static class DiscoveryMarkers
{
    /// <summary>In <c>system_version_info</c>: more parts of this push follow. Other clients ignore the field.</summary>
    public const string MoreFollows = "nodemesh.io/more-follows";

    /// <summary>The name that subscribes everything.</summary>
    public const string Wildcard = "*";
}
