using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    private static readonly CancellationToken Run = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_WithoutLimits_AllBegin()
    {
        var circuit = new CircuitBreaker();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(await circuit.EnterRequestAsync(false, Run));
        }

        Assert.Equal(100, circuit.Requests);
    }

    [Fact]
    public async Task Requests_BeyondConnections_WaitAsManyAsMay()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 });
        Assert.True(await circuit.EnterRequestAsync(false, Run));
        var second = circuit.EnterRequestAsync(false, Run);
        Assert.False(second.IsCompleted);
        Assert.False(await circuit.EnterRequestAsync(false, Run));
        Assert.Equal(1, circuit.Pending);
        circuit.ExitRequest();
        Assert.True(await second);
        Assert.Equal((1, 0), (circuit.Requests, circuit.Pending));
    }

    [Fact]
    public async Task Requests_ThatWait_BeginInTheirOrder()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 1 });
        Assert.True(await circuit.EnterRequestAsync(false, Run));
        var first = circuit.EnterRequestAsync(false, Run).AsTask();
        var second = circuit.EnterRequestAsync(false, Run).AsTask();
        circuit.ExitRequest();
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        circuit.ExitRequest();
        Assert.True(await second);
    }

    [Fact]
    public async Task Requests_ThatShareConnections_CountAsRequestsAlone()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 0, MaxRequests = 2 });
        Assert.True(await circuit.EnterRequestAsync(true, Run));
        Assert.True(await circuit.EnterRequestAsync(true, Run));
        Assert.False(await circuit.EnterRequestAsync(true, Run));
        circuit.ExitRequest();
        Assert.True(await circuit.EnterRequestAsync(true, Run));
    }

    [Fact]
    public async Task Requests_ThatGiveUpWaiting_LeaveTheirPlace()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 1, MaxPendingRequests = 1 });
        Assert.True(await circuit.EnterRequestAsync(false, Run));
        using var cancel = new CancellationTokenSource();
        var waiting = circuit.EnterRequestAsync(false, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, circuit.Pending);
        circuit.ExitRequest();
        Assert.Equal(0, circuit.Requests);
        Assert.True(await circuit.EnterRequestAsync(false, Run));
    }

    [Fact]
    public async Task Update_ToHigherLimits_LetsWaitersIn()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 1 });
        Assert.True(await circuit.EnterRequestAsync(false, Run));
        var waiting = circuit.EnterRequestAsync(false, Run).AsTask();
        circuit.Update(null, null);
        Assert.True(await waiting);
        Assert.Equal(2, circuit.Requests);
    }

    [Fact]
    public void Connections_BeyondTheLimit_AreRefused()
    {
        var circuit = With(new ConnectionPool { MaxConnections = 2 });
        Assert.True(circuit.TryEnterConnection());
        Assert.True(circuit.TryEnterConnection());
        Assert.False(circuit.TryEnterConnection());
        circuit.ExitConnection();
        Assert.True(circuit.TryEnterConnection());
    }

    [Fact]
    public async Task Retries_BeyondTheBudget_AreRefused()
    {
        var circuit = new CircuitBreaker();
        circuit.Update(null, new RetryBudget(10, 2));
        for (var i = 0; i < 50; i++)
        {
            Assert.True(await circuit.EnterRequestAsync(true, Run));
        }

        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => circuit.TryEnterRetry()));
        circuit.ExitRetry();
        Assert.True(circuit.TryEnterRetry());
    }

    [Fact]
    public void Retries_OfAQuietService_HaveTheMinimum()
    {
        var circuit = new CircuitBreaker();
        circuit.Update(null, new RetryBudget(20, 3));
        Assert.Equal(3, Enumerable.Range(0, 20).Count(_ => circuit.TryEnterRetry()));
    }

    [Fact]
    public void Retries_WithALimit_HaveNoBudget()
    {
        var circuit = With(new ConnectionPool { MaxRetries = 1 });
        Assert.True(circuit.TryEnterRetry());
        Assert.False(circuit.TryEnterRetry());
    }

    private static CircuitBreaker With(ConnectionPool pool)
    {
        var circuit = new CircuitBreaker();
        circuit.Update(pool, null);
        return circuit;
    }
}
