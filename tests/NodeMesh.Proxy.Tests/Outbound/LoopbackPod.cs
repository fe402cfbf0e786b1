using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Tests.Outbound;

/// <summary>A pod in the test's own namespace, of which only the sockets are there.</summary>
internal sealed class LoopbackPod(string name) : ICapturedPod
{
    /// <summary>False for a pod from whose namespace no socket can be had.</summary>
    public bool HasSockets { get; init; } = true;

    public PodEnrollment Pod { get; } = new() { Uid = name, Name = name, Namespace = "shop", ServiceAccount = "default", NetworkNamespace = "/proc/self/ns/net", Addresses = [] };

    public NetworkNamespace Namespace => throw new NotSupportedException();

    public CaptureExclusions Exclusions => throw new NotSupportedException();

    public IApplicationEnds? Ends => null;

    public IConnectionListener Outbound => throw new NotSupportedException();

    public IConnectionListener InboundPlaintext => throw new NotSupportedException();

    public IConnectionListener Hbone => throw new NotSupportedException();

    public IConnectionListener DnsTcp => throw new NotSupportedException();

    public ImmutableArray<Socket> DnsUdp => [];

    public IPEndPoint GetOriginalDestination(ConnectionContext accepted) => throw new NotSupportedException();

    public bool IsOwnListener(IPEndPoint destination) => false;

    public Task ChangedAsync(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);

    public Task<Socket> CreateSocketAsync(AddressFamily family, CancellationToken ct) => Task.FromResult(new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    public ValueTask<SocketDescriptor> OpenSocketAsync(AddressFamily family, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<SocketDescriptor> OpenSocketFromAsync(IPAddress source, CancellationToken ct) => throw new NotSupportedException();

    public Task<Socket> CreateDatagramSocketAsync(AddressFamily family, CancellationToken ct) =>
        HasSockets ? Task.FromResult(new Socket(family, SocketType.Dgram, ProtocolType.Udp)) : throw new SocketException((int)SocketError.NetworkUnreachable);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
