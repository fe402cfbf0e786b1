namespace NodeMesh.Cli.Proxy;

/// <summary>One level in <c>logs-level</c>; also its JSON.</summary>
/// <param name="Target">The node, or the control plane's replica.</param>
/// <param name="Category">The category; <c>*</c> for all that are not named.</param>
/// <param name="Level">The level.</param>
internal sealed record LogLevelRow(string Target, string Category, string Level);
