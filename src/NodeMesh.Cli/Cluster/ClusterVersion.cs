using System.Globalization;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Cluster;

/// <summary>A version of Kubernetes.</summary>
/// <param name="Major">Such as 1.</param>
/// <param name="Minor">Such as 29.</param>
internal readonly record struct ClusterVersion(int Major, int Minor) : IComparable<ClusterVersion>
{
    /// <summary>The oldest that the mesh runs on, which is what its tests run on: bound service-account tokens with an audience, and server-side apply.</summary>
    public static ClusterVersion Oldest { get; } = new(1, 20);

    public static bool operator <(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ClusterVersion left, ClusterVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads what a server says; providers write minors such as <c>29+</c>.</summary>
    /// <param name="version">The server's words.</param>
    public static ClusterVersion Of(VersionInfo version) => new(Number(version.Major), Number(version.Minor));

    /// <inheritdoc/>
    public int CompareTo(ClusterVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    private static int Number(string? text) => int.TryParse(text?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
