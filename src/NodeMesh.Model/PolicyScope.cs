namespace NodeMesh.Model;

/// <summary>Which workloads an authorisation policy applies to. The numbers are ambient mode's own.</summary>
public enum PolicyScope
{
    /// <summary>Every workload of the mesh.</summary>
    Global = 0,

    /// <summary>Every workload of the policy's namespace.</summary>
    Namespace = 1,

    /// <summary>Only workloads that name the policy in <see cref="Workload.AuthorizationPolicies"/>.</summary>
    WorkloadSelector = 2,
}
