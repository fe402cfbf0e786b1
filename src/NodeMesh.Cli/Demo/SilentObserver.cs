namespace NodeMesh.Cli.Demo;

/// <summary>Says nothing on standard output: for <c>--json</c>, whose only output is the report.</summary>
internal sealed class SilentObserver : IDemoObserver
{
    /// <inheritdoc/>
    public void Step(string title)
    {
    }

    /// <inheritdoc/>
    public void Calls(IReadOnlyList<CallReport> calls)
    {
    }

    /// <inheritdoc/>
    public void Wire(WireReport wire)
    {
    }

    /// <inheritdoc/>
    public void Trouble(string message) => Console.Error.WriteLine(message);

    /// <inheritdoc/>
    public void Done(DemoReport report)
    {
    }
}
