using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Tests.Hosting;

public sealed class IdleTrimTests : IDisposable
{
    private readonly IdleTrim _trim;
    private TimeSpan _used;
    private long _changes = 50;
    private int _prepared;
    private int _collected;

    public IdleTrimTests() => _trim = new IdleTrim(() => _changes, () => _used, () => _prepared++, () => _collected++, TimeProvider.System);

    public void Dispose() => _trim.Dispose();

    [Fact]
    public void Look_AfterManyConnectionsWhenIdle_PreparesAndCollectsOnce()
    {
        _changes += IdleTrim.Worthwhile;
        _trim.Look();
        Assert.Equal((1, 0), (_prepared, _collected));

        _trim.Look();
        _trim.Look();
        Assert.Equal((1, 1), (_prepared, _collected));
    }

    [Fact]
    public void Look_BusyAgainAfterPreparing_PreparesAnew()
    {
        _changes += IdleTrim.Worthwhile;
        _trim.Look();
        _used += IdleTrim.Period;
        _trim.Look();
        _trim.Look();
        Assert.Equal((2, 0), (_prepared, _collected));

        _trim.Look();
        Assert.Equal((2, 1), (_prepared, _collected));
    }

    [Fact]
    public void Look_WhileBusy_WaitsUntilItIsIdle()
    {
        _changes += IdleTrim.Worthwhile;
        _used += IdleTrim.Period;
        _trim.Look();
        _trim.Look();
        Assert.Equal(0, _collected);

        _trim.Look();
        Assert.Equal(1, _collected);
    }

    [Fact]
    public void Look_AfterFewConnections_LeavesItToTheRuntime()
    {
        _changes += IdleTrim.Worthwhile - 1;
        _trim.Look();
        _trim.Look();
        Assert.Equal((0, 0), (_prepared, _collected));
    }
}
