using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NodeMesh.Tunnel.Http2;
using static NodeMesh.Tunnel.Tests.Http2.RawPeer;

namespace NodeMesh.Tunnel.Tests.Http2;

/// <summary>Peers that use the protocol's means to wear us down (RFC 9113 section 10.5). Each is cut, told why, and counted.</summary>
public sealed class FloodTests
{
    [Fact]
    public async Task RapidReset_IsCut()
    {
        await using var mesh = new TestMesh(static async r => await Task.Delay(100, r.Aborted).ContinueWith(static _ => { }, TaskScheduler.Default), new TunnelOptions { MaxConcurrentStreams = 100_000 });
        await CheckAsync(mesh, "rapid-reset", Http2ErrorCode.EnhanceYourCalm, ResetRapidlyAsync);
    }

    [Fact]
    public async Task RapidReset_HandlersThatRunOn_AreBounded()
    {
        var running = 0;
        var most = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var mesh = new TestMesh(async r =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
        });
        await using var peer = await ConnectAsync(mesh);
        var attacking = Record.ExceptionAsync(() => ResetRapidlyAsync(peer));
        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.ReadGoAwayAsync());
        await attacking;
        release.SetResult();
        await TestMesh.WaitForAsync(() => Volatile.Read(ref most) > 0 && Volatile.Read(ref running) == 0, "the handlers have run");
        Assert.InRange(most, 1, mesh.Options.MaxConcurrentStreams);
    }

    [Fact]
    public Task EmptyContinuations_AreCut() => CheckAsync("continuation", Http2ErrorCode.EnhanceYourCalm, async peer =>
    {
        await peer.SendAsync(FrameType.Headers, 0, 1);
        await peer.FloodAsync(Frame(FrameType.Continuation, 0, 1, []), 100_000);
    });

    [Fact]
    public Task LargeContinuations_AreCut() => CheckAsync("header-list", Http2ErrorCode.EnhanceYourCalm, async peer =>
    {
        await peer.SendAsync(FrameType.Headers, 0, 1);
        await peer.FloodAsync(Frame(FrameType.Continuation, 0, 1, new byte[16384]), 1000);
    });

    [Fact]
    public Task Settings_AreCut() => CheckAsync("settings", Http2ErrorCode.EnhanceYourCalm, peer => peer.FloodAsync(Frame(FrameType.Settings, 0, 0, []), 100_000));

    [Fact]
    public Task Pings_AreCut() => CheckAsync("ping", Http2ErrorCode.EnhanceYourCalm, peer => peer.FloodAsync(Frame(FrameType.Ping, 0, 0, new byte[8]), 100_000));

    [Fact]
    public Task UselessFrames_AreCut() => CheckAsync("useless-frames", Http2ErrorCode.EnhanceYourCalm, peer => peer.FloodAsync(Frame(FrameType.Priority, 0, 1, new byte[5]), 100_000));

    [Fact]
    public Task EmptyData_IsCut() => CheckAsync("empty-data", Http2ErrorCode.EnhanceYourCalm, async peer =>
    {
        await peer.OpenAsync(1);
        await peer.FloodAsync(Frame(FrameType.Data, 0, 1, []), 100_000);
    });

    [Fact]
    public Task WindowUpdatesForNothing_AreCut() => CheckAsync("window-update", Http2ErrorCode.EnhanceYourCalm, async peer =>
    {
        await peer.OpenAsync(1);
        await peer.FloodAsync(Frame(FrameType.WindowUpdate, 0, 0, UInt32(1)), 100_000);
    });

    [Fact]
    public void WindowUpdatesThatAnswerData_AreFree()
    {
        var guard = new FloodGuard(new NodeMesh.Testing.ManualTimeProvider(DateTimeOffset.UnixEpoch));
        for (var frames = 1; frames <= 200_000; frames++)
        {
            guard.OnWindowUpdate(frames, frames);
            guard.OnWindowUpdate(frames, frames);
        }

        // A megabyte in one frame, consumed in small pieces.
        for (var i = 0; i < 4096; i++)
        {
            guard.OnWindowUpdate(200_001, 1_248_576);
        }

        Assert.Throws<Http2ConnectionException>(() =>
        {
            for (var i = 0; i < 200_000; i++)
            {
                guard.OnWindowUpdate(200_001, 1_248_576);
            }
        });
    }

    [Fact]
    public Task PaddingOnlyData_IsCut() => CheckAsync("empty-data", Http2ErrorCode.EnhanceYourCalm, async peer =>
    {
        await peer.OpenAsync(1);
        await peer.FloodAsync(Frame(FrameType.Data, 0x8, 1, [3, 0, 0, 0]), 100_000);
    });

    [Fact]
    public Task HpackBomb_IsCut() => CheckAsync("header-list", Http2ErrorCode.EnhanceYourCalm, peer =>
        peer.SendAsync(FrameType.Headers, 0x4, 1, [0x40, 1, (byte)'a', 0x7f, 0xb9, 0x16, .. Enumerable.Repeat((byte)'x', 3000), .. Enumerable.Repeat((byte)0xbe, 10_000)]));

    [Fact]
    public async Task DataBeyondTheConnectionWindow_IsCut()
    {
        // The handlers do not read, so no credit comes back.
        var options = new TunnelOptions { StreamWindow = 65_535, ConnectionWindow = 65_535 };
        await using var mesh = new TestMesh(HoldAsync, options);
        await CheckAsync(mesh, "window", Http2ErrorCode.FlowControlError, async peer =>
        {
            await peer.OpenAsync(1);
            await peer.OpenAsync(3);
            await peer.SendAsync(FrameType.Data, 0, 1, new byte[40_000]);
            await peer.SendAsync(FrameType.Data, 0, 3, new byte[40_000]);
        });
    }

    [Fact]
    public async Task DataBeyondTheStreamWindow_ResetsTheStream()
    {
        await using var mesh = new TestMesh(HoldAsync, new TunnelOptions { StreamWindow = 65_535 });
        await using var peer = await ConnectAsync(mesh);
        await peer.OpenAsync(1);
        await peer.SendAsync(FrameType.Data, 0, 1, new byte[65_535]);
        await peer.SendAsync(FrameType.Data, 0, 1, new byte[1]);
        Assert.Equal(Http2ErrorCode.FlowControlError, await peer.ReadResetAsync(1));
    }

    [Fact]
    public async Task TooManyStreams_AreRefusedThenCut()
    {
        await using var mesh = new TestMesh(HoldAsync, new TunnelOptions { MaxConcurrentStreams = 20 });
        await using var peer = await ConnectAsync(mesh);
        for (var i = 0; i < 21; i++)
        {
            await peer.OpenAsync(1 + (2 * i));
        }

        Assert.Equal(Http2ErrorCode.RefusedStream, await peer.ReadResetAsync(41));
        for (var i = 21; i < 1000; i++)
        {
            await peer.OpenAsync(1 + (2 * i));
        }

        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, await peer.ReadGoAwayAsync());
    }

    [Fact]
    public async Task Server_AnnouncesItsLimits()
    {
        await using var mesh = new TestMesh(HoldAsync);
        await using var peer = await ConnectAsync(mesh);
        var settings = new PeerSettings();
        settings.Apply((await peer.ReadUntilAsync(FrameType.Settings)).Payload);
        Assert.Equal(200u, settings.MaxConcurrentStreams);
        Assert.Equal(4 * 1024 * 1024, settings.InitialWindowSize);
        Assert.Equal(1024 * 1024, settings.MaxFrameSize);
        Assert.Equal(UInt32((16 * 1024 * 1024) - 65_535), (await peer.ReadUntilAsync(FrameType.WindowUpdate, 0)).Payload);
    }

    [Fact]
    public async Task PeerThatDoesNotRead_IsCutAtThePingLimitWithBoundedMemory()
    {
        await using var mesh = new TestMesh(HoldAsync);
        await using var peer = await ConnectAsync(mesh);
        await peer.FloodAsync([.. Enumerable.Repeat(Frame(FrameType.Ping, 0, 0, new byte[8]), 1000).SelectMany(f => f)], 100);
        await TestMesh.WaitForAsync(() => mesh.Server.ActiveTunnels == 0, "the tunnel is gone");
    }

    private static async Task ResetRapidlyAsync(RawPeer peer)
    {
        for (var i = 0; i < 5000; i++)
        {
            await peer.SendAsync([.. peer.ConnectHeaders(1 + (2 * i)), .. Frame(FrameType.RstStream, 0, 1 + (2 * i), UInt32(8))]);
        }
    }

    private static async Task HoldAsync(TunnelRequest request)
    {
        await using var connection = await request.AcceptAsync([], default);
        var closed = new TaskCompletionSource();
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task;
    }

    private static async Task CheckAsync(string kind, Http2ErrorCode expected, Func<RawPeer, Task> attack)
    {
        await using var mesh = new TestMesh(HoldAsync);
        await CheckAsync(mesh, kind, expected, attack);
    }

    private static async Task CheckAsync(TestMesh mesh, string kind, Http2ErrorCode expected, Func<RawPeer, Task> attack)
    {
        var counted = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (i, l) =>
        {
            if (i.Meter.Name == "NodeMesh.Tunnel" && i.Name == "nodemesh.tunnel.connection.errors")
            {
                l.EnableMeasurementEvents(i);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Add((string)tags.ToArray().Single(t => t.Key == "kind").Value!));
        listener.Start();

        await using var peer = await ConnectAsync(mesh);
        var attacking = Task.Run(async () =>
        {
            try
            {
                await attack(peer);
            }
            catch (IOException)
            {
                // It hung up, as it should.
            }
        });
        Assert.Equal(expected, await peer.ReadGoAwayAsync());
        await attacking.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(kind, counted);
        await TestMesh.WaitForAsync(() => mesh.Server.ActiveTunnels == 0, "the tunnel is gone");
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
