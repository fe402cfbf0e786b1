using Microsoft.AspNetCore.Connections;

namespace NodeMesh.Tunnel.Http2;

/// <summary>The errors that a stream's reader and writer get.</summary>
internal static class StreamErrors
{
    public static ConnectionResetException ResetByPeer(Http2ErrorCode code) => new($"the far end of the tunnel reset the connection ({code})");

    public static ConnectionResetException TunnelLost(string why, Exception? cause) => new($"the tunnel is gone: {why}", cause ?? new IOException(why));

    public static ConnectionAbortedException Aborted(string why) => new(why);

    /// <summary>An exception thrown more than once would collect stack traces of all its throwers; so each gets its own.</summary>
    /// <param name="error">The one that was kept.</param>
    /// <returns>One like it.</returns>
    public static Exception Fresh(Exception error) => error switch
    {
        ConnectionAbortedException => new ConnectionAbortedException(error.Message, error),
        ConnectionResetException => new ConnectionResetException(error.Message, error),
        _ => new IOException(error.Message, error),
    };
}
