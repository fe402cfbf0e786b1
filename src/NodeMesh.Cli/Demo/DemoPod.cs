namespace NodeMesh.Cli.Demo;

/// <summary>A pod of the demo's mesh.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Its IPv4 address.</param>
internal sealed record DemoPod(string Namespace, string Name, string Node, string Address);
