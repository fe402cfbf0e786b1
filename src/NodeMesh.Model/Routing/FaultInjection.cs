namespace NodeMesh.Model.Routing;

/// <summary>Faults that are made on purpose; the delay comes before the abort.</summary>
/// <param name="Delay">The delay; null for none.</param>
/// <param name="Abort">The abort; null for none.</param>
public sealed record FaultInjection(FaultDelay? Delay, FaultAbort? Abort);
