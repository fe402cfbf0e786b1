using BenchmarkDotNet.Attributes;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Benchmarks;

/// <summary>HTTP/2 frames: headers alone, and a thousand small DATA frames read as the connection's loop reads them.</summary>
[MemoryDiagnoser]
public class FrameCodecBenchmarks
{
    private const int Frames = 1000;
    private const int PayloadSize = 200;

    private readonly byte[] _header = new byte[FrameHeader.Size];
    private readonly byte[] _payload = new byte[PayloadSize];
    private readonly MemoryStream _wire = new();
    private FrameInput? _input;

    [GlobalSetup]
    public void Setup()
    {
        var header = new FrameHeader(PayloadSize, FrameType.Data, default, 7);
        for (var frame = 0; frame < Frames; frame++)
        {
            header.Write(_header);
            _wire.Write(_header);
            _wire.Write(_payload);
        }

        _input = new FrameInput(_wire);
    }

    [Benchmark]
    public void WriteHeader() => new FrameHeader(_payload.Length, FrameType.Data, FrameFlags.EndStream, _payload.Length).Write(_header);

    [Benchmark]
    public int ReadHeader()
    {
        // All of it is used, or the compiler would leave out the rest.
        var header = FrameHeader.Read(_header);
        return header.Length ^ header.StreamId ^ (int)header.Type ^ (int)header.Flags;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public async Task<int> ReadDataFrame()
    {
        _wire.Position = 0;
        var total = 0;
        for (var frame = 0; frame < Frames; frame++)
        {
            await _input!.FillAsync(FrameHeader.Size, CancellationToken.None);
            var left = FrameHeader.Read(_input.Buffered).Length;
            _input.Skip(FrameHeader.Size);
            while (left > 0)
            {
                var read = await _input.ReadAsync(_payload.AsMemory(0, left), CancellationToken.None);
                left -= read;
                total += read;
            }
        }

        return total;
    }
}
