namespace NodeMesh.Model.Traffic;

/// <summary>TCP keep-alive; null parts are the kernel's.</summary>
/// <param name="Probes">Probes without an answer before the connection is dead.</param>
/// <param name="Time">Silence before the first.</param>
/// <param name="Interval">Between two.</param>
public sealed record TcpKeepalive(int? Probes, TimeSpan? Time, TimeSpan? Interval);
