using NodeMesh.TestPeer;

// An application for the end-to-end tests, both ends of it. It knows nothing of meshes.
return args switch
{
    ["serve", .. var ports] when ports.Length > 0 => await PeerServer.RunAsync([.. ports.Select(int.Parse)]),
    ["who", var host, var port] => await PeerClient.WhoAsync(host, int.Parse(port)),
    ["half-close", var host, var port] => await PeerClient.HalfCloseAsync(host, int.Parse(port)),
    ["server-first", var host, var port] => await PeerClient.ServerFirstAsync(host, int.Parse(port)),
    ["duplex", var host, var port, var bytes] => await PeerClient.DuplexAsync(host, int.Parse(port), long.Parse(bytes)),
    ["storm", var host, var port, var count] => await PeerLoad.StormAsync(host, int.Parse(port), int.Parse(count)),
    ["load", var host, var port, var seconds] => await PeerLoad.LoadAsync(host, int.Parse(port), int.Parse(seconds)),
    ["hold", var host, var port, var seconds] => await PeerLoad.HoldAsync(host, int.Parse(port), int.Parse(seconds)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("peer serve PORT... | who|half-close|server-first HOST PORT | duplex HOST PORT BYTES | storm HOST PORT COUNT | load|hold HOST PORT SECONDS");
    return 2;
}
