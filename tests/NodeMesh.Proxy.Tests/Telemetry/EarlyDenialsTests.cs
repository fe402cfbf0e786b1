using System.Net;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Telemetry;

public sealed class EarlyDenialsTests
{
    [Fact]
    public void Report_InAFlood_LogsTenPerSecondAndThenHowManyItLeftOut()
    {
        var time = new ManualTimeProvider();
        using var log = new ListLoggerFactory();
        using var denials = new EarlyDenials(time, log);
        for (var i = 0; i < 100; i++)
        {
            denials.Report("hbone", IPEndPoint.Parse("10.0.0.1:1"), "tls_failed", "not a handshake");
        }

        Assert.Equal(10, log.Lines.Count);
        Assert.Equal("early deny on hbone from 10.0.0.1:1: tls_failed not a handshake", log.Lines[0]);
        time.Advance(TimeSpan.FromSeconds(1));
        denials.Report("hbone", null, "tls_failed");
        Assert.Equal("90 more early denials were not logged", log.Lines[10]);
    }

    private sealed class ListLoggerFactory : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
