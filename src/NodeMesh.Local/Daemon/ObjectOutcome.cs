namespace NodeMesh.Local.Daemon;

/// <summary>What became of an object.</summary>
/// <param name="Object">The object, as <c>kind/name</c>.</param>
/// <param name="Namespace">Its namespace; empty for cluster-scoped kinds.</param>
/// <param name="Outcome"><c>created</c>, <c>configured</c>, <c>unchanged</c>, <c>deleted</c>, <c>scaled</c> or <c>not found</c>.</param>
public sealed record ObjectOutcome(string Object, string Namespace, string Outcome);
