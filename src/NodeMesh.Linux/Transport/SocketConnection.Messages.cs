namespace NodeMesh.Linux.Transport;

/// <content>What reaches the socket past TCP.</content>
public sealed partial class SocketConnection
{
    private volatile IMessageSource? _messages;

    /// <summary>Set once the kernel may hand the socket messages past TCP: they are seen by <c>recv</c> alone, not by <c>splice</c>.</summary>
    internal IMessageSource? Messages => _messages;

    /// <summary>Says that the kernel may hand the socket messages past TCP from now on; before it can. From any thread.</summary>
    /// <param name="source">Who sends them.</param>
    public void ExpectMessages(IMessageSource source) => _messages = source;

    /// <summary>Whether a read that gave less than was asked for shows that nothing is left.</summary>
    /// <param name="passed">What this caller has seen of the sender's count of messages that went by TCP; 0 at first.</param>
    internal bool IsDrained(ref uint passed)
    {
        // epoll(7): a stream that gave less than was asked for is empty, and more of it raises a new edge.
        if (_messages is not { } messages)
        {
            return true;
        }

        var seen = passed;
        passed = messages.Passed;
        return passed == seen;
    }
}
