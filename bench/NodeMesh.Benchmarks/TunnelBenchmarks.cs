using BenchmarkDotNet.Attributes;
using NodeMesh.Tunnel;

namespace NodeMesh.Benchmarks;

/// <summary>Both ends of a tunnel in one process over loopback: what is measured is the sum of both.</summary>
[MemoryDiagnoser]
public class TunnelBenchmarks
{
    private const int BulkSize = 64 * 1024 * 1024;

    private readonly byte[] _chunk = new byte[64 * 1024];
    private readonly byte[] _message = new byte[200];
    private LoopbackTunnel? _tunnel;
    private TunnelConnection? _echo;

    [GlobalSetup]
    public void Setup()
    {
        // In-process runs do not wait for a setup that is a task.
        _tunnel = new LoopbackTunnel();
        _echo = _tunnel.ConnectAsync(LoopbackTunnel.Echo).AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _echo!.DisposeAsync();
        await _tunnel!.DisposeAsync();
    }

    /// <summary>One direction, 64 MiB.</summary>
    [Benchmark]
    public async Task Bulk64MiB()
    {
        await using var connection = await _tunnel!.ConnectAsync(LoopbackTunnel.Discard);
        for (var at = 0; at < BulkSize; at += _chunk.Length)
        {
            await connection.Transport.Output.WriteAsync(_chunk);
        }

        await connection.Transport.Output.CompleteAsync();
        while (!(await connection.Transport.Input.ReadAsync()).IsCompleted)
        {
        }
    }

    /// <summary>A message of 200 bytes and its echo on an open connection.</summary>
    [Benchmark]
    public async Task RoundTrip()
    {
        await _echo!.Transport.Output.WriteAsync(_message);
        for (var left = (long)_message.Length; left > 0;)
        {
            var read = await _echo.Transport.Input.ReadAsync();
            left -= read.Buffer.Length;
            _echo.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>A new connection on an open tunnel.</summary>
    [Benchmark]
    public async Task Connect()
    {
        await using var connection = await _tunnel!.ConnectAsync(LoopbackTunnel.Discard);
    }

    /// <summary>A new tunnel: TCP, TLS with both certificates, HTTP/2, first connection.</summary>
    [Benchmark]
    public async Task OpenTunnel()
    {
        await using var pool = _tunnel!.CreatePool();
        await using var connection = await pool.ConnectAsync(_tunnel.Target, new TunnelConnectRequest(LoopbackTunnel.Discard, []), CancellationToken.None);
    }
}
