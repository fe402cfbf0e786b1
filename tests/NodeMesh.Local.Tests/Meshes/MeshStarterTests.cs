using System.Globalization;
using NodeMesh.Local.Client;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Tests.Meshes;

/// <summary>Starts programs that stand for a daemon that has not answered yet.</summary>
public sealed class MeshStarterTests : IAsyncDisposable
{
    private readonly MeshLayout _layout = new(MeshName.Parse(string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-s")));

    private MeshSettings Settings => new() { Name = _layout.Name.Value };

    [Fact]
    public async Task WaitForDaemon_ProcessNotInItsGroupYet_WaitsForIt()
    {
        var time = new SignallingClock();
        using var starter = new MeshStarter(_layout, time);
        using var client = new LocalClient(_layout);
        using var stop = new CancellationTokenSource();
        starter.Start(Settings, ["sleep", "300"]);
        await MoveOutOfGroupAsync();

        var waiting = starter.WaitForDaemonAsync(client, stop.Token);
        await Task.WhenAny(waiting, time.Waiting);

        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task WaitForDaemon_ProcessEnds_SaysItsLastWords()
    {
        using var starter = new MeshStarter(_layout, TimeProvider.System);
        using var client = new LocalClient(_layout);
        starter.Start(Settings, ["sh", "-c", "echo no room; exit 3"]);

        var error = await Assert.ThrowsAsync<LocalApiException>(() => starter.WaitForDaemonAsync(client, TestContext.Current.CancellationToken));

        Assert.Equal("the daemon ended: no room", error.Message);
    }

    /// <summary>As on a busy machine, where a process takes long to join.</summary>
    private async Task MoveOutOfGroupAsync()
    {
        var group = MeshGroups.Of(_layout.Name).Child("daemon");
        var joined = await TestMesh.EventuallyAsync(() => Task.FromResult(group.Processes()), p => p.Count == 1, "the program joins its group");
        await File.WriteAllTextAsync(MeshGroups.Of(_layout.Name).JoinFile, joined[0].ToString(CultureInfo.InvariantCulture));
        Assert.Empty(group.Processes());
    }

    public async ValueTask DisposeAsync() => await new MeshRemover(_layout, TimeProvider.System).RemoveAsync(CancellationToken.None);

    /// <summary>Says when somebody waits for it.</summary>
    private sealed class SignallingClock : TimeProvider
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waiting.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
