namespace NodeMesh.Linux.Transport;

/// <summary>What is known of the sender whose messages reach a socket past TCP (sockmap). Asked with every read: no system call, no lock.</summary>
public interface IMessageSource
{
    /// <summary>
    /// How many of its messages took TCP instead, counted before each leaves. A socket's messages are read before its TCP queue, so that a read may leave behind
    /// what had come by TCP, of which no further event tells; while this stays, there is none.
    /// </summary>
    uint Passed { get; }

    /// <summary>The processor that the sender ran on as it sent last; negative when that is not known.</summary>
    int Processor { get; }
}
