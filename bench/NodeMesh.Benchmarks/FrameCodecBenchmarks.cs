using BenchmarkDotNet.Attributes;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Benchmarks;

/// <summary>HTTP/2 frames: headers alone, and a thousand small DATA frames read as the connection's loop reads them.</summary>
[MemoryDiagnoser]
public class FrameCodecBenchmarks
{
    private const int Frames = 1000;
    private const int PayloadSize = 200;

    private readonly byte[] _headers = new byte[Frames * FrameHeader.Size];
    private readonly byte[] _payload = new byte[PayloadSize];
    private readonly MemoryStream _wire = new();
    private FrameInput? _input;

    [GlobalSetup]
    public void Setup()
    {
        var header = new FrameHeader(PayloadSize, FrameType.Data, default, 7);
        for (var frame = 0; frame < Frames; frame++)
        {
            header.Write(_headers);
            _wire.Write(_headers, 0, FrameHeader.Size);
            _wire.Write(_payload);
        }

        _input = new FrameInput(_wire);
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public void WriteHeader()
    {
        for (var frame = 0; frame < Frames; frame++)
        {
            new FrameHeader(frame, FrameType.Data, FrameFlags.EndStream, frame).Write(_headers.AsSpan(frame * FrameHeader.Size));
        }
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int ReadHeader()
    {
        // All of a header is used, or the compiler would leave out the rest.
        var sum = 0;
        for (var frame = 0; frame < Frames; frame++)
        {
            var header = FrameHeader.Read(_headers.AsSpan(frame * FrameHeader.Size));
            sum += header.Length ^ header.StreamId ^ (int)header.Type ^ (int)header.Flags;
        }

        return sum;
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
