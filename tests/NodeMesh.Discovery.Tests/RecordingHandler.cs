using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace NodeMesh.Discovery.Tests;

/// <summary>Keeps what a client hands on, and refuses the names that a test says.</summary>
internal sealed class RecordingHandler : IDiscoveryHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<DiscoveryUpdate> _updates = Channel.CreateUnbounded<DiscoveryUpdate>();

    public ConcurrentDictionary<string, string> Refusals { get; } = new();

    /// <summary>What the client said of its connection, in order: null for a connection, or why one ended.</summary>
    public ConcurrentQueue<DiscoveryEnd?> Connections { get; } = new();

    public void OnConnected() => Connections.Enqueue(null);

    public void OnEnded(DiscoveryEnd reason) => Connections.Enqueue(reason);

    public async ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DiscoveryUpdate update, CancellationToken cancellationToken)
    {
        await _updates.Writer.WriteAsync(update, cancellationToken);
        return [.. update.Added.Where(a => Refusals.ContainsKey(a.Name)).Select(a => new RejectedResource(a.Name, Refusals[a.Name]))];
    }

    public async Task<DiscoveryUpdate> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _updates.Reader.ReadAsync(patience.Token);
    }
}
