using System.Runtime.InteropServices;

namespace NodeMesh.Capture.Forwarding;

/// <summary><c>struct forward_direction</c>: one direction of a paired connection. Programs and proxy share its memory.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ForwardDirection
{
    internal ulong Sender;
    internal ulong Receiver;
    internal ulong ReceiverSocket;
    internal uint SenderBase;
    internal uint ReceiverBase;
    internal ulong Bytes;
    internal ulong Messages;
    internal uint Enabled;
    internal uint Reads;
    internal uint Queued;
    internal ForwardState SenderState;
    internal ulong Grown;
    internal ulong Marked;
    internal uint Limit;
    internal uint Waits;
    internal uint Passed;
    internal uint Processor;

    internal static ForwardDirection Between(in ForwardEnd sender, in ForwardEnd receiver) => new()
    {
        Sender = sender.Cookie,
        Receiver = receiver.Cookie,
        ReceiverSocket = receiver.Socket,
        SenderBase = sender.Written,
        ReceiverBase = receiver.Received,
    };
}
