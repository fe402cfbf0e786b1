namespace NodeMesh.Model.Routing;

/// <summary>Who asks, as routes can see it.</summary>
/// <param name="Namespace">The client's namespace; empty when it is not known.</param>
/// <param name="Labels">Those of its labels that some rule asks for (<see cref="Workload.Labels"/>).</param>
/// <param name="Port">The service's port that it dialled.</param>
public readonly record struct RouteClient(string Namespace, ValueList<WorkloadLabel> Labels, int Port)
{
    /// <summary>Says whether it has labels.</summary>
    /// <param name="wanted">The labels.</param>
    /// <returns>True when it has all of them.</returns>
    public bool HasLabels(ValueList<WorkloadLabel> wanted)
    {
        foreach (var label in wanted)
        {
            if (!Labels.AsSpan().Contains(label))
            {
                return false;
            }
        }

        return true;
    }
}
