using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;

namespace NodeMesh.Control.Discovery;

/// <summary>
/// The file that maps hashes of tokens to nodes. It is read again when it has changed, at the next question; a new content that cannot be read leaves
/// the last good one in force. Before the first good one every token is refused.
/// </summary>
internal sealed partial class TokenFile(string path, ILogger<TokenFile> log) : ITokenAuthenticator
{
    private const string Scheme = "Bearer ";
    private readonly Lock _gate = new();
    private ImmutableArray<Entry> _entries = [];
    private Stamp _stamp;

    /// <inheritdoc/>
    public ValueTask<TokenOwner?> FindAsync(string? authorization, CancellationToken ct) => ValueTask.FromResult(Find(authorization));

    private TokenOwner? Find(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization.Length == Scheme.Length)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), hash);
        TokenOwner? found = null;
        foreach (var entry in Current())
        {
            // Every entry is compared in full, so that the time says nothing about how near a guess came.
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash))
            {
                found = entry.Owner;
            }
        }

        return found;
    }

    private ImmutableArray<Entry> Current()
    {
        lock (_gate)
        {
            var file = new FileInfo(path);
            var stamp = file.Exists ? new Stamp(file.LastWriteTimeUtc.Ticks, file.Length) : default;
            if (stamp != _stamp)
            {
                Read(stamp);
            }

            return _entries;
        }
    }

    private void Read(Stamp stamp)
    {
        try
        {
            var map = JsonSerializer.Deserialize(File.ReadAllText(path), ControlJson.Default.DictionaryStringTokenOwner) ?? [];
            _entries = [.. map.Select(e => new Entry(ParseHash(e.Key), e.Value))];
            _stamp = stamp;
            LogRead(log, path, _entries.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            // Not remembered as read: a file caught while it is written is tried again at the next question.
            LogUnreadable(log, path, e.Message);
        }
    }

    private static byte[] ParseHash(string text)
    {
        var hash = Convert.FromHexString(text);
        return hash.Length == SHA256.HashSizeInBytes ? hash : throw new FormatException($"'{text}' is not a SHA-256 in hex");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path}: {Count} tokens")]
    private static partial void LogRead(ILogger logger, string path, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} cannot be read, the last good tokens stay: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);

    private readonly record struct Stamp(long Ticks, long Length);

    private sealed record Entry(byte[] Hash, TokenOwner Owner);
}
