using System.IO.Pipelines;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>What a client has sent before its connection has a way onwards. It stays in the client's reader until it is known to have left, so that another try finds it there.</summary>
internal struct OpeningBytes
{
    private PipeReader? _reader;
    private ReadResult _read;

    /// <summary>The bytes; none when the client waits for the server to speak.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _read.Buffer.First;

    /// <summary>Looks.</summary>
    /// <param name="client">The accepted socket; null for nothing.</param>
    /// <returns>What is there; followed by <see cref="GiveBack"/>.</returns>
    /// <exception cref="IOException">The client has gone.</exception>
    public static OpeningBytes Read(SocketConnection? client) =>
        client is not null && client.TryReadNow(out var read) ? new OpeningBytes { _reader = client.Input, _read = read } : default;

    /// <summary>Says how many have left.</summary>
    /// <param name="count">The number.</param>
    /// <param name="bytes">Where they count.</param>
    public void Sent(int count, TransferCounters bytes)
    {
        if (count > 0)
        {
            _reader!.AdvanceTo(_read.Buffer.GetPosition(count));
            _reader = null;
            bytes.AddReceived(count);
        }
    }

    /// <summary>Leaves what was not said to have left to the next who reads.</summary>
    public void GiveBack()
    {
        _reader?.AdvanceTo(_read.Buffer.Start);
        _reader = null;
    }
}
