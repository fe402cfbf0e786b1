namespace NodeMesh.Compare.Running;

/// <summary>What <c>/proc/PID/stat</c> says of a process.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">Its parent's id.</param>
/// <param name="OwnTicks">User and system time of its threads, in clock ticks.</param>
/// <param name="ReapedTicks">The same of children that it waited for.</param>
internal readonly record struct ProcessStat(int Id, int Parent, long OwnTicks, long ReapedTicks);
