namespace NodeMesh.Model.Routing;

/// <summary>A rule of an ordered list.</summary>
/// <param name="Matches">Its matches, of which one must hold; none: it takes everything.</param>
/// <param name="Action">What is done.</param>
public sealed record OrderedRule(ValueList<OrderedMatch> Matches, HttpRule Action);
