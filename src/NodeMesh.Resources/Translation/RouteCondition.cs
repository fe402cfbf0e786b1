namespace NodeMesh.Resources.Translation;

/// <summary>A condition of a route for one of its parents, in the Gateway API's words.</summary>
/// <param name="Type"><c>Accepted</c>, <c>ResolvedRefs</c> or <c>PartiallyInvalid</c>.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">A word of the specification.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record RouteCondition(string Type, bool Status, string Reason, string Message);
