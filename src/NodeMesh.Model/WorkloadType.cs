namespace NodeMesh.Model;

/// <summary>The kind of controller that made the workload, for telemetry labels.</summary>
public enum WorkloadType
{
    /// <summary>A Deployment (and, as in ambient mode, StatefulSet and DaemonSet).</summary>
    Deployment = 0,

    /// <summary>A CronJob.</summary>
    CronJob = 1,

    /// <summary>A bare pod.</summary>
    Pod = 2,

    /// <summary>A Job.</summary>
    Job = 3,
}
