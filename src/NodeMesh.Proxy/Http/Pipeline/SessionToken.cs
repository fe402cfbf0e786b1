using System.Buffers.Binary;
using System.Buffers.Text;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>
/// What a client keeps of its session: which endpoint of which backend, since when, and when it was last used. No proxy keeps anything, so a session outlives
/// proxies and holds on every node. A client that makes one up reaches what it may reach anyhow.
/// </summary>
/// <param name="Backend">The backend's key.</param>
/// <param name="Endpoint">The endpoint's key.</param>
/// <param name="Created">When the session began, in seconds since 1970.</param>
/// <param name="Used">When it was last used, likewise.</param>
internal readonly record struct SessionToken(ulong Backend, ulong Endpoint, uint Created, uint Used)
{
    private const byte Version = 1;
    private const int Size = 25;

    /// <summary>What tells the backends of a rule apart, the same on every node.</summary>
    /// <param name="backend">The backend.</param>
    /// <returns>Its key.</returns>
    public static ulong KeyOf(RouteBackend backend) => StableHash.Mix(
        StableHash.Of(backend.Service.Namespace) ^ StableHash.Mix(StableHash.Of(backend.Service.Name) + (ulong)backend.Port) ^ StableHash.Of(backend.Subset));

    /// <summary>Reads a token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="token">The token.</param>
    /// <returns>False when the text is none.</returns>
    public static bool TryParse(string? text, out SessionToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || text.Length != Base64Url.GetEncodedLength(Size) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Size || bytes[0] != Version)
        {
            return false;
        }

        token = new SessionToken(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[9..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[17..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[21..]));
        return true;
    }

    /// <summary>Says whether the session is over by time. What was made in the future, by a clock that is ahead, is not.</summary>
    /// <param name="session">How long sessions last.</param>
    /// <param name="now">The time.</param>
    /// <returns>True when it is.</returns>
    public bool IsOver(SessionPersistence session, uint now) =>
        (session.AbsoluteTimeout is { } absolute && now > Created + absolute.TotalSeconds) || (session.IdleTimeout is { } idle && now > Used + idle.TotalSeconds);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], Backend);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[9..], Endpoint);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[17..], Created);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[21..], Used);
        return Base64Url.EncodeToString(bytes);
    }
}
