namespace NodeMesh.Model.Routing;

/// <summary>A rule that won, with what its rewrites need to know of how.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="MatchedPrefix">The prefix of the path that matched; null where it was not matched by prefix.</param>
public sealed record RouteMatch(HttpRule Rule, string? MatchedPrefix);
