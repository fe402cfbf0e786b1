using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Control.Compilation;

/// <summary>
/// Compares model objects by value. A record compares its arrays by reference, so each array is compared here and then made equal by <c>with</c>: a property
/// that a record gains later is compared by the record itself, and an array forgotten here costs a resend, never a lost change.
/// </summary>
internal static class ModelEquality
{
    /// <summary>Compares workloads.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they say the same.</returns>
    public static bool Same(Workload a, Workload b) =>
        Equal(a.Addresses, b.Addresses)
        && Equal(a.Services, b.Services, (x, y) => x.Service == y.Service && Equal(x.Ports, y.Ports))
        && Equal(a.AuthorizationPolicies, b.AuthorizationPolicies)
        && Equal(a.NetworkPolicies, b.NetworkPolicies)
        && Equal(a.NetworkGroups, b.NetworkGroups)
        && Equal(a.NamedPorts, b.NamedPorts)
        && (a with
        {
            Addresses = b.Addresses,
            Services = b.Services,
            AuthorizationPolicies = b.AuthorizationPolicies,
            NetworkPolicies = b.NetworkPolicies,
            NetworkGroups = b.NetworkGroups,
            NamedPorts = b.NamedPorts,
        }) == b;

    /// <summary>Compares services.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they say the same.</returns>
    public static bool Same(Service a, Service b) =>
        Equal(a.Addresses, b.Addresses)
        && Equal(a.Ports, b.Ports)
        && Equal(a.SubjectAltNames, b.SubjectAltNames)
        && Equal(a.LoadBalancing.Preferences, b.LoadBalancing.Preferences)
        && (a.LoadBalancing with { Preferences = b.LoadBalancing.Preferences }) == b.LoadBalancing
        && (a with { Addresses = b.Addresses, Ports = b.Ports, SubjectAltNames = b.SubjectAltNames, LoadBalancing = b.LoadBalancing }) == b;

    /// <summary>Compares nodes.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they say the same.</returns>
    public static bool Same(MeshNode a, MeshNode b) => Equal(a.Addresses, b.Addresses) && (a with { Addresses = b.Addresses }) == b;

    /// <summary>Compares policies.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they say the same.</returns>
    public static bool Same(AuthorizationPolicy a, AuthorizationPolicy b) =>
        (a with { Rules = b.Rules }) == b
        && Equal(a.Rules, b.Rules, (x, y) => Equal(x.Clauses, y.Clauses, (c, d) => Equal(c.Matches, d.Matches, Same)));

    /// <summary>Compares NetworkPolicies.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they say the same.</returns>
    public static bool Same(NetworkPolicy a, NetworkPolicy b) =>
        Same(a.Ingress, b.Ingress) && Same(a.Egress, b.Egress) && (a with { Ingress = b.Ingress, Egress = b.Egress }) == b;

    private static bool Same(ImmutableArray<NetworkRule>? a, ImmutableArray<NetworkRule>? b) =>
        a is { } x && b is { } y ? Equal(x, y, (r, s) => Equal(r.Peers, s.Peers, Same) && Equal(r.Ports, s.Ports)) : a is null && b is null;

    private static bool Same(NetworkPeer a, NetworkPeer b) =>
        a is NetworkPeer.Block x && b is NetworkPeer.Block y ? Equal(x.Except, y.Except) && (x with { Except = y.Except }) == y : a == b;

    private static bool Same(PolicyMatch a, PolicyMatch b) =>
        Equal(a.Namespaces, b.Namespaces) && Equal(a.NotNamespaces, b.NotNamespaces)
        && Equal(a.Principals, b.Principals) && Equal(a.NotPrincipals, b.NotPrincipals)
        && Equal(a.ServiceAccounts, b.ServiceAccounts) && Equal(a.NotServiceAccounts, b.NotServiceAccounts)
        && Equal(a.SourceIps, b.SourceIps) && Equal(a.NotSourceIps, b.NotSourceIps)
        && Equal(a.DestinationIps, b.DestinationIps) && Equal(a.NotDestinationIps, b.NotDestinationIps)
        && Equal(a.DestinationPorts, b.DestinationPorts) && Equal(a.NotDestinationPorts, b.NotDestinationPorts);

    private static bool Equal<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a == b || a.AsSpan().SequenceEqual(b.AsSpan());

    private static bool Equal<T>(ImmutableArray<T> a, ImmutableArray<T> b, Func<T, T, bool> same)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!same(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }
}
