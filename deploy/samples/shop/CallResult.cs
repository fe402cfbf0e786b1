namespace NodeMesh.Samples.Shop;

/// <summary>What became of a call to another service.</summary>
/// <param name="Url">What was called.</param>
/// <param name="Status">The answer's status; null when there was none.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Answer">The answer, when it is one of the shop's.</param>
/// <param name="Error">Why there was no answer.</param>
internal sealed record CallResult(string Url, int? Status, double Milliseconds, ShopAnswer? Answer, string? Error);
