using NodeMesh.Model;

namespace NodeMesh.Resources.Explanation;

/// <summary>What is asked of clients at the destination's port.</summary>
/// <param name="Mode"><c>STRICT</c>, <c>PERMISSIVE</c> or <c>DISABLE</c>.</param>
/// <param name="SetBy">The policy that says so; null where none does.</param>
public sealed record ExplainPeerAuthentication(string Mode, ResourceOrigin? SetBy);
