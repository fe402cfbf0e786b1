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
    ["web", var name, var port] => await WebServer.RunAsync(name, int.Parse(port)),
    ["bad", var port] => await BadServer.RunAsync(int.Parse(port)),
    ["chat", var url, var version] => await WebClient.ChatAsync(new Uri(url), version),
    ["raw", var host, var port, var text] => await WebClient.RawAsync(host, int.Parse(port), text),
    ["grpc", var host, var shape, var messages, var timeout] => await GrpcEcho.CallAsync(host, shape, int.Parse(messages), timeout),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("peer serve PORT... | who|half-close|server-first HOST PORT | duplex HOST PORT BYTES | storm HOST PORT COUNT | load|hold HOST PORT SECONDS | web NAME PORT | bad PORT | chat URL 1|2 | raw HOST PORT TEXT | grpc HOST:PORT SHAPE MESSAGES TIMEOUT");
    return 2;
}
