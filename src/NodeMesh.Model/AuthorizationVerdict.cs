namespace NodeMesh.Model;

/// <summary>What the policies of a workload say of a connection.</summary>
public enum AuthorizationVerdict
{
    /// <summary>It may pass.</summary>
    Allowed,

    /// <summary>A DENY policy matched it.</summary>
    DeniedByPolicy,

    /// <summary>There are ALLOW policies, and none of them matched it.</summary>
    DeniedByDefault,

    /// <summary>A NetworkPolicy isolates the workload, and none allows the connection.</summary>
    DeniedByNetworkPolicy,

    /// <summary>The workload names a policy that has not arrived yet: refused, since that policy might refuse it.</summary>
    NotSynced,
}
