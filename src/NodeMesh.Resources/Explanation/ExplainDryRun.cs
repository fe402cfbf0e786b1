namespace NodeMesh.Resources.Explanation;

/// <summary>A policy that is only logged.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Action">Its action.</param>
/// <param name="Matched">Whether one of its rules matches.</param>
public sealed record ExplainDryRun(string Namespace, string Name, string Action, bool Matched);
