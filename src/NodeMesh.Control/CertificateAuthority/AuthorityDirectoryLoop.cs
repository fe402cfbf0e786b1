using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Identity;

namespace NodeMesh.Control.CertificateAuthority;

/// <summary>Reads the CA again when its files are replaced: an operator rotates an intermediate or a root by giving other files.</summary>
internal sealed partial class AuthorityDirectoryLoop(Identity.CertificateAuthority authority, ControlConfiguration configuration, TimeProvider time, ILogger<AuthorityDirectoryLoop> log)
{
    private const string RootsFile = "root-cert.pem";
    private const string OperatorsFile = "ca-cert.pem";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    // As of now: what was read a moment ago is not read again.
    private string _seen = Stamp(configuration.CaDirectory);

    /// <summary>Looks until it is cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Look, time, ct);
            var stamp = Stamp(configuration.CaDirectory);
            if (stamp == _seen)
            {
                continue;
            }

            _seen = stamp;
            try
            {
                authority.Become(Identity.CertificateAuthority.Load(configuration.CaDirectory, configuration.TrustDomain, time));
                LogRead(log, configuration.CaDirectory);
            }
            catch (CertificateAuthorityException e)
            {
                // Files are replaced one by one: what does not fit yet may in a moment.
                LogRefused(log, e.Message);
            }
        }
    }

    // The roots' file is the operator's beside the operator's certificate, and else written here.
    private static string Stamp(string directory) => string.Join(' ', Identity.CertificateAuthority.FileNames
        .Where(name => name != RootsFile || File.Exists(Path.Combine(directory, OperatorsFile)))
        .Select(name => new FileInfo(Path.Combine(directory, name)))
        .Select(file => file.Exists ? $"{file.LastWriteTimeUtc.Ticks}/{file.Length}" : "-"));

    [LoggerMessage(Level = LogLevel.Information, Message = "the CA was read again from {Directory}")]
    private static partial void LogRead(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "the CA's new files cannot be used, and the present CA stays: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
