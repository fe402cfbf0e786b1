namespace NodeMesh.Model.Traffic;

/// <summary>How a new endpoint gets its share: after time t of the duration it has (t / duration) ^ (1 / aggression) of it, and never less than the minimum.</summary>
/// <param name="Duration">Until it has all of it.</param>
/// <param name="MinimumPercent">The least, of a hundred.</param>
/// <param name="Aggression">1 grows evenly, more grows faster at first.</param>
public sealed record SlowStart(TimeSpan Duration, double MinimumPercent = 10, double Aggression = 1);
