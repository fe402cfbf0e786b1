namespace NodeMesh.Proxy.Identity;

/// <summary>The token by which this node proves itself to the control plane. Read again for each call: tokens are renewed in place.</summary>
/// <param name="path">The file.</param>
internal sealed class NodeToken(string path)
{
    // Tokens of service accounts are under 2 KiB.
    private const int MaxBytes = 16 * 1024;

    /// <summary>Reads the token.</summary>
    /// <param name="ct">Ends the read.</param>
    /// <returns>The token without surrounding white space.</returns>
    /// <exception cref="IOException">The file cannot be read, is empty or too large, or holds what cannot stand in a header; the message names the setting.</exception>
    public async Task<string> ReadAsync(CancellationToken ct)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new IOException($"tokenFile {path}: larger than {MaxBytes} bytes, so not a token");
            }

            text = (await File.ReadAllTextAsync(path, ct)).Trim();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"tokenFile {path}: {e.Message}", e);
        }
        catch (FileNotFoundException e)
        {
            throw new IOException($"tokenFile {path}: not found; the node cannot prove itself to the control plane without it", e);
        }

        return text.Length > 0 && text.All(c => c is > ' ' and < '\x7f')
            ? text
            : throw new IOException($"tokenFile {path}: {(text.Length == 0 ? "empty" : "holds characters that no token has")}");
    }
}
