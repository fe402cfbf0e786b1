using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Identity;

public sealed partial class CertificateStore
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Certificate {SerialNumber} of {Identity} is valid until {NotAfter:O}; next renewal at {Renewal:O}")]
    private static partial void LogIssued(ILogger log, SpiffeId identity, string serialNumber, DateTimeOffset notAfter, DateTimeOffset renewal);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "No certificate for {Identity}, attempt {Attempt}: {Error}; next attempt in {Delay}; the one in use ends at {NotAfter}")]
    private static partial void LogFailed(ILogger log, SpiffeId identity, int attempt, string error, TimeSpan delay, DateTimeOffset? notAfter);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The mesh's roots are now {Roots}")]
    private static partial void LogRoots(ILogger log, string roots);
}
