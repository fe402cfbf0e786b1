namespace NodeMesh.Model.Traffic;

/// <summary>A second try beside the first. It counts as a retry: of attempts, and of the retry budget.</summary>
/// <param name="OnPerTryTimeout">True to begin it when the time of a try has passed; that try goes on.</param>
/// <param name="PerTryTimeout">That time; null for the route's time-out of a try.</param>
public sealed record Hedging(bool OnPerTryTimeout, TimeSpan? PerTryTimeout);
