namespace NodeMesh.Compare.Measuring;

/// <summary>CPU time over a span.</summary>
/// <param name="Machine">Seconds that the whole machine was busy, without the processes that do not belong to the run.</param>
/// <param name="Foreign">Seconds of processes that do not belong to the run: how disturbed the sample is.</param>
/// <param name="Proxy">Seconds of the proxy's own processes: user and system.</param>
internal readonly record struct CpuUse(double Machine, double Foreign, double Proxy);
