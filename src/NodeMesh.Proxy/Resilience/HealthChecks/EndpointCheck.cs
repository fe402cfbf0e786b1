namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>The health checks of one endpoint, one after the other, until it is disposed. Changes its mind after as many results in a row as the policy says.</summary>
internal sealed class EndpointCheck : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly IHealthProbe _probe;
    private readonly TimeProvider _time;
    private readonly Action<EndpointCheck, HealthCheckResult, bool> _checked;
    private HealthCheckTarget _target;
    private Task _running = Task.CompletedTask;
    private volatile bool _isHealthy;
    private volatile string? _problem;
    private int _inARow;

    /// <summary>Begins nothing yet.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="isHealthy">What is thought of the endpoint so far.</param>
    /// <param name="probe">Asks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Told of each result that says something, after it was counted, and whether it changed what is thought of the endpoint or what is wrong with it.</param>
    public EndpointCheck(HealthCheckTarget target, bool isHealthy, IHealthProbe probe, TimeProvider time, Action<EndpointCheck, HealthCheckResult, bool> report)
    {
        _target = target;
        _isHealthy = isHealthy;
        _probe = probe;
        _time = time;
        _checked = report;
    }

    /// <summary>Whom it asks, and in whose name: may change from one check to the next.</summary>
    public HealthCheckTarget Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    /// <summary>What is thought of the endpoint.</summary>
    public bool IsHealthy => _isHealthy;

    /// <summary>What the last check found wrong; null for nothing.</summary>
    public string? Problem => _problem;

    /// <summary>Begins to ask.</summary>
    public void Start() => _running = RunAsync(_stopping.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Note(await _probe.CheckAsync(Target, cancellationToken));
            await Task.Delay(Target.Check.Interval, _time, cancellationToken);
        }
    }

    private void Note(HealthCheckResult result)
    {
        if (result.Outcome == HealthCheckOutcome.Unknown)
        {
            return;
        }

        var passed = result.Outcome == HealthCheckOutcome.Passed;
        var hasChanged = _problem != result.Problem;
        _problem = result.Problem;
        _inARow = passed == _isHealthy ? 0 : _inARow + 1;
        var check = Target.Check;
        if (_inARow >= (passed ? check.HealthyThreshold : check.UnhealthyThreshold) && passed != _isHealthy)
        {
            _isHealthy = passed;
            _inARow = 0;
            hasChanged = true;
        }

        _checked(this, result, hasChanged);
    }
}
