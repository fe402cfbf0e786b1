namespace NodeMesh.Local.Daemon;

/// <summary>A pod in a table.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Node">Its node.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Ready">True when it takes traffic.</param>
/// <param name="Status">Its phase, or why it does not go on.</param>
/// <param name="Restarts">Restarts of its containers.</param>
/// <param name="Meshed">True when it is in the mesh.</param>
/// <param name="Problem">What is wrong; null when nothing is known to be.</param>
public sealed record PodSummary(string Namespace, string Name, string Uid, string Node, string Address, bool Ready, string Status, int Restarts, bool Meshed, string? Problem);
