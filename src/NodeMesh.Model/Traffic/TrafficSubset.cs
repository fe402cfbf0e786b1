namespace NodeMesh.Model.Traffic;

/// <summary>A part of a service's endpoints.</summary>
/// <param name="Name">The name by which routes call it.</param>
/// <param name="Labels">Labels that its endpoints have (<see cref="Workload.Labels"/>); none: all endpoints.</param>
/// <param name="Settings">What holds for it in place of the policy's; null for nothing of its own.</param>
/// <param name="Ports">What holds for it on single ports.</param>
public sealed record TrafficSubset(string Name, ValueList<WorkloadLabel> Labels, TrafficSettings? Settings, ValueList<PortTrafficSettings> Ports)
{
    /// <summary>Says whether a workload belongs to it.</summary>
    /// <param name="workload">A workload of the service.</param>
    /// <returns>True when it has all labels.</returns>
    public bool Includes(Workload workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        foreach (var label in Labels)
        {
            if (!workload.Labels.AsSpan().Contains(label))
            {
                return false;
            }
        }

        return true;
    }
}
