namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>
/// <c>OPTIONS *</c> (RFC 9112 section 3.2.4), which the HTTP client cannot say: it is given a path that nobody can guess, and the connection puts the asterisk
/// in its place; in HTTP/2 <see cref="Http2RequestFrames"/> does. A body cannot be mistaken for it, as it never leaves the process.
/// </summary>
internal static class AsteriskForm
{
    /// <summary>The path, as long as nothing of it can be split by the client's first write of a request.</summary>
    public static readonly string Path = $"/{Guid.NewGuid():N}";

    private static readonly byte[] Written = System.Text.Encoding.ASCII.GetBytes($"OPTIONS {Path} HTTP/1.1\r\n");

    /// <summary>What goes out in place of the beginning of a request.</summary>
    public static ReadOnlyMemory<byte> RequestLine { get; } = "OPTIONS * HTTP/1.1\r\n"u8.ToArray();

    /// <summary>Says whether bytes begin a request of this form.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>How many of them <see cref="RequestLine"/> stands for; 0 for none.</returns>
    public static int Find(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Written) ? Written.Length : 0;
}
