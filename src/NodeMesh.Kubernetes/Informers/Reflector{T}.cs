using Microsoft.Extensions.Logging;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Informers;

/// <summary>
/// Keeps a target equal to what the server has: lists, watches from the list's version, goes on from the last event's (or bookmark's) version when the watch
/// ends or breaks, and lists again when the server has forgotten that version (410). Never gives up.
/// </summary>
internal sealed partial class Reflector<T>(ResourceClient<T> client, ListOptions select, bool fromCache, IReflectorTarget<T> target, ILogger logger)
    where T : class, IKubernetesObject
{
    /// <summary>A watch that lived so long counts as success, even if nothing happened in it; one that ends as soon as it opens lets the back-off grow.</summary>
    private static readonly TimeSpan Lived = TimeSpan.FromMilliseconds(500);

    /// <summary>A broken watch is resumed almost at once; a server that stays away is asked every 5 to 10 seconds.</summary>
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    private string? _version;
    private bool _expired;
    private bool _failing;

    private TimeProvider Clock => client.Transport.Options.Time;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (KubernetesException e) when (e.IsExpired)
            {
                LogExpired(client.Kind.Resource, _version ?? "none");
                _version = null;
                _expired = true;
            }
            catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or KubeConfigException)
            {
                Report(e);
            }
            catch (Exception e)
            {
                // A fault of ours or of the target, perhaps half-way through a change: only a list puts that right.
                _version = null;
                target.Failed(e);
                LogFaulted(client.Kind.Resource, e);
            }

            await Task.Delay(_backoff.Next(), Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        if (_version is null)
        {
            // After a 410 the server's memory may be as old as what it forgot: ask for the newest then.
            var list = await client.ListAllAsync(select with { ResourceVersion = fromCache && !_expired ? "0" : null }, ct);
            client.Transport.Metrics.Listed(client.Kind.Resource);
            target.Replace(list.Items);
            _version = list.Metadata.ResourceVersion;
            _expired = false;
        }

        await using var watch = await client.OpenWatchAsync(_version, select, ct);
        Recovered();
        target.Watching(true);
        var opened = Clock.GetTimestamp();
        try
        {
            while (await watch.ReadAsync(ct) is { } next)
            {
                _backoff.Reset();
                if (next.Type != WatchEventType.Bookmark)
                {
                    target.Apply(next);
                }

                _version = next.ResourceVersion ?? _version;
            }

            LogEnded(client.Kind.Resource, _version ?? "none");
        }
        finally
        {
            target.Watching(false);
            if (Clock.GetElapsedTime(opened) >= Lived)
            {
                _backoff.Reset();
            }
        }
    }

    private void Recovered()
    {
        target.Failed(null);
        if (_failing)
        {
            _failing = false;
            LogRecovered(client.Kind.Resource);
        }
    }

    private void Report(Exception error)
    {
        target.Failed(error);
        if (!_failing)
        {
            _failing = true;
            LogFailing(client.Kind.Resource, error.Message);
        }
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "Watching {Resource} fails, and is tried until it works: {Error}")]
    private partial void LogFailing(string resource, string error);

    [LoggerMessage(EventId = 11, Level = LogLevel.Information, Message = "Watching {Resource} works again")]
    private partial void LogRecovered(string resource);

    [LoggerMessage(EventId = 12, Level = LogLevel.Information, Message = "The API server has forgotten version {Version} of {Resource}: listing again")]
    private partial void LogExpired(string resource, string version);

    [LoggerMessage(EventId = 14, Level = LogLevel.Error, Message = "Watching {Resource} met a fault: listing again")]
    private partial void LogFaulted(string resource, Exception error);

    [LoggerMessage(EventId = 13, Level = LogLevel.Debug, Message = "The watch of {Resource} ended at version {Version}")]
    private partial void LogEnded(string resource, string version);
}
