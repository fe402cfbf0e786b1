namespace NodeMesh.Compare.Rows;

/// <summary>What the client dials for one server.</summary>
/// <param name="Address">The address.</param>
/// <param name="Http">The port that leads to the HTTP server.</param>
/// <param name="Iperf">The port that leads to iperf3.</param>
internal sealed record Endpoint(string Address, int Http, int Iperf);
