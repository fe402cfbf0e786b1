using Microsoft.Extensions.Logging;

namespace NodeMesh.Dns;

public sealed partial class DnsServer
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Answering the DNS question {Name} {Type} failed")]
    private static partial void LogHandlerFailed(ILogger log, Exception error, string name, DnsRecordType type);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "DNS over {Transport} from {Client}: {Error}")]
    private static partial void LogBadMessage(ILogger log, DnsTransport transport, object? client, string error);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "A DNS socket failed and is served no longer: {Error}")]
    private static partial void LogSocketFailed(ILogger log, string error);
}
