using System.IO.Pipelines;

namespace NodeMesh.Linux.Transport;

/// <content>The first bytes without a wait, and the last ones together with the end: most of what a short connection costs.</content>
public sealed partial class SocketConnection
{
    /// <summary>True once the loop has seen that the peer's end or an error is among what can be read.</summary>
    internal bool IsHungUp => _readiness is { IsHungUp: true };

    /// <summary>Reads what the peer has sent by now, without a wait; as with any read, <see cref="PipeReader.AdvanceTo(SequencePosition)"/> follows.</summary>
    /// <param name="result">What there is.</param>
    /// <returns>False when there is nothing yet, or another transport is wrapped around the connection.</returns>
    /// <exception cref="IOException">The connection was reset, or is gone.</exception>
    public bool TryReadNow(out ReadResult result)
    {
        if (_transport is not null)
        {
            result = default;
            return false;
        }

        return Reader.TryReadNow(out result);
    }

    /// <summary>Says that the writer is completed, or the connection disposed, right after what is written next: our FIN then leaves in the same packet.</summary>
    public void ExpectEnd() => Writer.EndFollows = true;
}
