using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.BugReport;

/// <summary>Writes a report as tar.gz, redacted. What cannot be collected is named in <c>errors.txt</c>: a report is wanted most where something does not answer.</summary>
/// <param name="time">The clock.</param>
internal sealed class ReportArchive(TimeProvider time)
{
    /// <summary>Writes it.</summary>
    /// <param name="entries">What.</param>
    /// <param name="output">Where to.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What could not be collected.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<ReportEntry> entries, Stream output, CancellationToken ct)
    {
        var errors = new List<string>();
        await using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var entry in entries)
        {
            string text;
            try
            {
                text = await entry.ReadAsync(ct);
            }
            catch (Exception e) when (e is ProxyQueryException or KubernetesException or KubernetesConnectionException or IOException or UnauthorizedAccessException)
            {
                errors.Add($"{entry.Path}: {e.Message}");
                continue;
            }

            if (text.Length > 0)
            {
                await AddAsync(tar, entry.Path, text, ct);
            }
        }

        await AddAsync(tar, "errors.txt", string.Concat(errors.Select(e => e + "\n")), ct);
        return errors;
    }

    private async Task AddAsync(TarWriter tar, string path, string text, CancellationToken ct)
    {
        using var data = new MemoryStream(Encoding.UTF8.GetBytes(Redaction.Of(text)));
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, $"nodemesh-bug-report/{path}") { DataStream = data, ModificationTime = time.GetUtcNow(), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite }, ct);
    }
}
