namespace NodeMesh.Cli.Demo;

/// <summary>Is told how the demo goes, as it goes.</summary>
internal interface IDemoObserver
{
    /// <summary>A step begins.</summary>
    /// <param name="title">What it does.</param>
    void Step(string title);

    /// <summary>The calls of a step are done.</summary>
    /// <param name="calls">The calls.</param>
    void Calls(IReadOnlyList<CallReport> calls);

    /// <summary>The wire was looked at.</summary>
    /// <param name="wire">What was seen.</param>
    void Wire(WireReport wire);

    /// <summary>Something went wrong on the way out.</summary>
    /// <param name="message">What.</param>
    void Trouble(string message);

    /// <summary>All is done.</summary>
    /// <param name="report">The report.</param>
    void Done(DemoReport report);
}
