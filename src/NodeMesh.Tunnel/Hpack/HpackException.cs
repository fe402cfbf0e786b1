namespace NodeMesh.Tunnel.Hpack;

/// <summary>A header block that cannot be decoded; the connection cannot go on, since both tables have parted (RFC 7541 section 2.2, RFC 9113 section 4.3).</summary>
internal sealed class HpackException(string message, bool tooLarge = false) : Exception(message)
{
    /// <summary>The block is well formed but its header list is larger than we accept.</summary>
    public bool TooLarge { get; } = tooLarge;
}
