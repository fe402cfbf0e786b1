namespace NodeMesh.Model.Traffic;

/// <summary>How many requests may be retries.</summary>
/// <param name="Percent">Of a hundred requests under way.</param>
/// <param name="MinimumConcurrency">Retries that are always allowed at once.</param>
public sealed record RetryBudget(double Percent = 20, int MinimumConcurrency = 3);
