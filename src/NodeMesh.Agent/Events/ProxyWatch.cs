using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Model;

namespace NodeMesh.Agent.Events;

/// <summary>
/// Notices that the node proxy is away, and tells the meshed pods' users: what their pods open is refused meanwhile, which looks like a fault of the application.
/// </summary>
/// <param name="readiness">Where the proxy listens while it runs.</param>
/// <param name="enrolled">The meshed pods.</param>
/// <param name="events">Where users are told.</param>
/// <param name="node">The node.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class ProxyWatch(IPEndPoint readiness, Func<IReadOnlyList<PodEnrollment>> enrolled, IPodEvents events, string node, TimeProvider time, ILogger<ProxyWatch> log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    /// <summary>A restart takes two; nobody has to be told of one that nobody notices.</summary>
    private const int Tolerated = 3;

    private int _misses;
    private bool _told;

    /// <summary>Looks once a second, until told to stop.</summary>
    /// <param name="ct">Stops.</param>
    /// <returns>When it has stopped.</returns>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            var listens = await ListensAsync(ct);
            _misses = listens ? 0 : _misses + 1;
            if (_misses >= Tolerated && !_told)
            {
                _told = true;
                LogAway(node);
                TellAll(true, "NodeMeshProxyAway", $"the node proxy of {node} is not running: connections that this pod opens, and new ones to it, are refused until it is back");
            }
            else if (listens && _told)
            {
                _told = false;
                LogBack(node);
                TellAll(false, "NodeMeshProxyBack", $"the node proxy of {node} is running again");
            }
        }
    }

    private void TellAll(bool isWarning, string reason, string message)
    {
        foreach (var pod in enrolled())
        {
            events.Tell(pod.Namespace, pod.Name, pod.Uid, isWarning, reason, message);
        }
    }

    private async Task<bool> ListensAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ConnectLimit);
        using var socket = new Socket(readiness.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(readiness, limit.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node proxy of {Node} is not running: its pods' connections are refused until it is back")]
    private partial void LogAway(string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "the node proxy of {Node} is running again")]
    private partial void LogBack(string node);
}
