namespace NodeMesh.Charts.Values;

/// <summary>Something that a user gives on top of a chart's values: a file, or one value.</summary>
public sealed class ValuesLayer
{
    private readonly Action<SortedDictionary<string, object?>> _apply;

    private ValuesLayer(string? name, string text, Action<SortedDictionary<string, object?>> apply) => (FileName, Text, _apply) = (name, text, apply);

    /// <summary>The file's name; null for values given one by one.</summary>
    public string? FileName { get; }

    /// <summary>What the user gave: with <see cref="FileName"/> it makes the layer again.</summary>
    public string Text { get; }

    /// <summary>A file of values.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ChartException">It is no map of values.</exception>
    public static ValuesLayer File(string file, string text)
    {
        var given = ValuesFile.Parse(file, text);
        return new ValuesLayer(file, text, values => ValuesFile.Merge(values, given));
    }

    /// <summary>Values as <c>--set</c> takes them: <c>proxy.capture=ebpf,control.replicas=2</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ChartException">It is not of that form.</exception>
    public static ValuesLayer Set(string text)
    {
        var settings = SetFlag.Parse(text);
        return new ValuesLayer(null, text, values => settings.ForEach(s => s.ApplyTo(values)));
    }

    internal void ApplyTo(SortedDictionary<string, object?> values) => _apply(values);
}
