using System.Security.Cryptography;
using System.Text;
using NodeMesh.Local.Layout;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Demo;

/// <summary>Drives the demo. What it reports is what the client saw, what the proxies logged and what passed between the nodes; an expectation that does not hold is a failure.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="observer">Told as it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoRun(DemoOptions options, IDemoObserver observer, TimeProvider time)
{
    private static readonly TimeSpan PolicyLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WireLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly DemoMesh _mesh = new(new MeshLayout(MeshName.Parse(options.Name)));
    private readonly List<string> _failures = [];
    private readonly List<CallReport> _calls = [];
    private IReadOnlyList<DemoPod> _pods = [];

    private AccessLogs Logs => new(_mesh.Layout);

    /// <summary>Runs it.</summary>
    /// <param name="cancellationToken">Gives up; what was made is removed all the same.</param>
    /// <exception cref="DemoException">It cannot go on.</exception>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        if (Directory.Exists(_mesh.Layout.State))
        {
            throw new DemoException($"a mesh named {options.Name} is there already (kept, or left by a crash): remove it with 'nodemesh local down --name {options.Name}', or choose another --name");
        }

        var shop = options.Samples ?? ShopManifest.Find();
        var edges = ShopManifest.Edges(ManifestReader.ReadPaths([shop]));
        var finished = false;
        WireReport wire;
        using var scratch = new ScratchDirectory();
        try
        {
            observer.Step($"Bringing up a mesh of two nodes with {Path.GetFileName(shop)}");
            await _mesh.UpAsync(options.Capture, [shop, scratch.Write("plain.yaml", DemoManifests.Plain)], cancellationToken);
            _pods = await _mesh.PodsAsync(cancellationToken);
            var made = await CallAllAsync(edges, cancellationToken);
            wire = await WatchWireAsync(made, cancellationToken);
            await RefuseAsync(made, scratch, cancellationToken);
            finished = true;
        }
        finally
        {
            if (!(finished && options.Keep))
            {
                await RemoveAsync();
            }
        }

        return Report(wire, time.GetElapsedTime(began));
    }

    private async Task RemoveAsync()
    {
        try
        {
            await _mesh.DownAsync();
        }
        catch (DemoException e)
        {
            // Does not take the place of what went wrong before, which is on its way to the caller.
            observer.Trouble(e.Message);
            _failures.Add(e.Message);
        }
    }

    private async Task<IReadOnlyList<MadeCall>> CallAllAsync(IReadOnlyList<CallEdge> edges, CancellationToken cancellationToken)
    {
        observer.Step("Calling every service from every service that calls it");
        var made = new List<MadeCall>();
        foreach (var edge in edges)
        {
            var pod = PodOf(edge);

            // The first call finds cold programs and no tunnel; what is shown is what every later one takes.
            await _mesh.CallAsync(pod, edge.Url, null, cancellationToken);
            var outcome = await _mesh.CallAsync(pod, edge.Url, null, cancellationToken);
            var call = await LookUpAsync(edge, pod, outcome, cancellationToken);
            made.Add(call);
            Check(outcome.Answered, $"{edge.Source} -> {edge.Destination}: HTTP {outcome.Status} {outcome.Error}");
            Check(call.Outbound is not null, $"{edge.Source} -> {edge.Destination}: the proxy of {pod.Node} logged no such connection");
            if (call.Report.Node == pod.Node)
            {
                Check(call.Report.Security is "same_node" or "mutual_tls", $"{edge.Source} -> {edge.Destination}: identities were not proven ({call.Report.Security})");
            }
            else
            {
                Check(call.Report.Mtls, $"{edge.Source} -> {edge.Destination}: crossed from {pod.Node} to {call.Report.Node} without mutual TLS");
            }
        }

        Check(made.Exists(c => c.CrossesNodes), "no call crossed from one node to the other");
        _calls.AddRange(made.Select(c => c.Report));
        observer.Calls([.. made.Select(c => c.Report)]);
        return made;
    }

    private async Task<WireReport> WatchWireAsync(IReadOnlyList<MadeCall> calls, CancellationToken cancellationToken)
    {
        observer.Step("Reading the wire between the nodes");
        var call = calls.FirstOrDefault(c => c.CrossesNodes) ?? throw new DemoException("no call crosses the nodes, so there is no wire to read: " + string.Join("; ", _failures));
        var sender = _pods.Single(p => p is { Namespace: DemoManifests.PlainNamespace, Name: "sender" });
        var receiver = _pods.Single(p => p is { Namespace: DemoManifests.PlainNamespace, Name: "receiver" });
        var plain = $"plain-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";
        var secret = $"secret-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";

        // Both nodes' frames pass each node's eth0, but for calls between other nodes: the caller's node sees both calls when there are two nodes.
        await using var capture = await WireCapture.StartAsync(MeshLayout.NamespacePath(_mesh.Layout.Name.NodeNamespace(call.Pod.Node)), "eth0", cancellationToken);
        var answered = false;

        // The destination may be chosen anew, on this node: it is called until the proxy's log shows a tunnel.
        for (var attempt = 0; attempt < 5 && !answered; attempt++)
        {
            var outcome = await _mesh.CallAsync(call.Pod, call.Edge.Url, secret, cancellationToken);
            answered = outcome.Answered && (await LookUpAsync(call.Edge, call.Pod, outcome, cancellationToken)).CrossesNodes;
        }

        Check(answered, $"{call.Edge.Source} -> {call.Edge.Destination}: the call with the marker did not cross the nodes");
        var control = await _mesh.CallAsync(sender, $"http://{receiver.Address}:8080/", plain, cancellationToken);
        Check(control.Answered, $"the call between the unmeshed pods failed: HTTP {control.Status} {control.Error}");
        var report = await ReadWireAsync(capture, Encoding.ASCII.GetBytes(plain), Encoding.ASCII.GetBytes(secret), cancellationToken);
        Check(report.ControlSeen, "the capture does not show the call between unmeshed pods, so it proves nothing");
        Check(!report.PlaintextSeen, "the bytes of a meshed call can be read between the nodes");
        Check(report.TunnelBytes > 0, "no byte of a tunnel (port 15008) passed between the nodes");
        observer.Wire(report);
        return report;
    }

    private async Task<WireReport> ReadWireAsync(WireCapture capture, byte[] plain, byte[] secret, CancellationToken cancellationToken)
    {
        // The control call is the last one: once its marker is in the file, all that came before is.
        var began = time.GetTimestamp();
        while (true)
        {
            var packets = await capture.ReadAsync(cancellationToken);
            var report = new WireReport(packets.Contains(plain), packets.Contains(secret), packets.BytesOf(MeshPorts.Hbone), packets.Packets);
            if (report.ControlSeen || time.GetElapsedTime(began) > WireLimit)
            {
                return report;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private async Task RefuseAsync(IReadOnlyList<MadeCall> calls, ScratchDirectory scratch, CancellationToken cancellationToken)
    {
        var call = calls.First(c => c.CrossesNodes);
        observer.Step($"Applying a policy that denies {call.Edge.Source} -> {call.Edge.Destination}");
        var principal = call.Outbound!.SourceIdentity is { Length: > 0 } identity ? identity["spiffe://".Length..] : throw new DemoException($"the access log names no identity of {call.Edge.Source}");
        await _mesh.ApplyAsync(scratch.Write("deny.yaml", DemoManifests.Deny(call.Edge, principal)), cancellationToken);
        var began = time.GetTimestamp();
        while (true)
        {
            var outcome = await _mesh.CallAsync(call.Pod, call.Edge.Url, null, cancellationToken);
            if (outcome.Reached && time.GetElapsedTime(began) < PolicyLimit)
            {
                await Task.Delay(Poll, time, cancellationToken); // the policy is on its way
                continue;
            }

            await ReportRefusalAsync(call, outcome, cancellationToken);
            return;
        }
    }

    private async Task ReportRefusalAsync(MadeCall call, CallOutcome outcome, CancellationToken cancellationToken)
    {
        var again = await LookUpAsync(call.Edge, call.Pod, outcome, cancellationToken);
        var refusing = _pods.FirstOrDefault(p => p.Name == again.Outbound?.DestinationWorkload)?.Node ?? call.Report.Node;
        var trace = again.Outbound?.Trace;
        var refusal = await Logs.FindAsync(
            refusing,
            r => r is { Direction: "inbound", Reason: "policy_denied" } && (string.IsNullOrEmpty(trace) ? r.SourceIdentity == call.Outbound!.SourceIdentity : r.Trace == trace),
            cancellationToken);
        Check(!outcome.Reached, $"{call.Edge.Source} -> {call.Edge.Destination}: still answered {PolicyLimit.TotalSeconds:0} s after a policy denied it");
        Check(refusal?.Policy == $"{call.Edge.Namespace}/{DemoManifests.PolicyName}", $"the access log of {refusing} does not say that policy {DemoManifests.PolicyName} refused the call (it names '{refusal?.Policy}')");
        var report = again.Report with { Node = refusing, Reason = refusal?.Reason ?? again.Outbound?.Reason, Policy = refusal?.Policy is { Length: > 0 } policy ? policy : null };
        _calls.Add(report);
        observer.Calls([report]);
    }

    private async Task<MadeCall> LookUpAsync(CallEdge edge, DemoPod pod, CallOutcome outcome, CancellationToken cancellationToken)
    {
        var outbound = outcome.Client is { } client ? await Logs.FindAsync(pod.Node, r => r.Direction == "outbound" && r.Source == client, cancellationToken) : null;
        var destination = _pods.FirstOrDefault(p => p.Namespace == edge.Namespace && p.Name == outbound?.DestinationWorkload);
        return new MadeCall(edge, pod, outbound, new CallReport
        {
            Source = edge.Source,
            Destination = edge.Destination,
            SourceNode = pod.Node,
            Node = destination?.Node ?? "",
            Mtls = outbound?.Mtls ?? false,
            Security = outbound?.Security ?? "",
            Allowed = outcome.Reached,
            Status = outcome.Status,
            LatencyMilliseconds = outcome.LatencyMilliseconds,
        });
    }

    private DemoPod PodOf(CallEdge edge) =>
        _pods.FirstOrDefault(p => p.Namespace == edge.Namespace && p.Name.StartsWith(edge.Source + "-", StringComparison.Ordinal))
        ?? throw new DemoException($"deployment {edge.Namespace}/{edge.Source} has no pod");

    private void Check(bool holds, string failure)
    {
        if (!holds)
        {
            _failures.Add(failure.Trim());
        }
    }

    private DemoReport Report(WireReport wire, TimeSpan took) => new()
    {
        Calls = _calls,
        PlaintextOnWire = wire.PlaintextSeen,
        ControlMarkerSeen = wire.ControlSeen,
        TunnelBytesOnWire = wire.TunnelBytes,
        Failures = _failures,
        Seconds = Math.Round(took.TotalSeconds, 1),
        Kept = options.Keep ? options.Name : null,
    };

    private sealed record MadeCall(CallEdge Edge, DemoPod Pod, AccessRecord? Outbound, CallReport Report)
    {
        public bool CrossesNodes => Report.Node.Length > 0 && Report.Node != Report.SourceNode;
    }
}
