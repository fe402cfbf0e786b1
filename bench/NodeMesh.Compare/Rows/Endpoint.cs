namespace NodeMesh.Compare.Rows;

/// <summary>What the client dials for one server.</summary>
/// <param name="Address">The address.</param>
/// <param name="Http">The port that leads to the HTTP server.</param>
/// <param name="Iperf">The port that leads to iperf3.</param>
/// <param name="Http2Only">The port that leads to the HTTP server by HTTP/2, where it is another.</param>
internal sealed record Endpoint(string Address, int Http, int Iperf, int? Http2Only = null)
{
    /// <summary>The port for HTTP/2.</summary>
    public int Http2 => Http2Only ?? Http;
}
