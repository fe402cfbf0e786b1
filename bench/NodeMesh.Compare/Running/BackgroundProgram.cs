using System.Diagnostics;
using System.Text;

namespace NodeMesh.Compare.Running;

/// <summary>A program that runs until it is disposed: a server, a peer proxy, a holder of idle connections.</summary>
internal sealed class BackgroundProgram : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BackgroundProgram(string name, Process process)
    {
        _name = name;
        _process = process;
    }

    public int ProcessId => _process.Id;

    /// <summary>Starts a program. A line "ready" on its output completes <see cref="WaitUntilReadyAsync"/>.</summary>
    public static BackgroundProgram Start(string name, IReadOnlyList<string> command)
    {
        var program = new BackgroundProgram(name, Command.Start(command));
        program._process.OutputDataReceived += program.Take;
        program._process.ErrorDataReceived += program.Take;
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>The program and all that it started.</summary>
    public IEnumerable<int> ProcessIds => ProcessTable.TreeOf(_process.Id);

    public async Task WaitUntilReadyAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var exit = _process.WaitForExitAsync(cancellation);
        var first = await Task.WhenAny(_ready.Task, exit, Task.Delay(timeout, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (first != _ready.Task)
        {
            throw new CompareException($"{_name} was not ready after {timeout.TotalSeconds:0} s: {Output}");
        }
    }

    /// <summary>Fails when the program has ended.</summary>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new CompareException($"{_name} ended with {_process.ExitCode}: {Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Command.Kill(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString().Trim();
            }
        }
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            if (line.Data is not null && _output.Length < 4000)
            {
                _output.AppendLine(line.Data);
            }
        }

        if (line.Data == "ready")
        {
            _ready.TrySetResult();
        }
    }
}
