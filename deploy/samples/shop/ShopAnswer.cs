namespace NodeMesh.Samples.Shop;

/// <summary>What a service of the shop answers: who it is, who called it as it sees it, and whom it called.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Pod">Its pod.</param>
/// <param name="Node">Its node.</param>
/// <param name="Caller">The address that the call came from.</param>
/// <param name="Calls">The calls that it made for this one.</param>
internal sealed record ShopAnswer(string Service, string Pod, string Node, string Caller, IReadOnlyList<CallResult> Calls);
