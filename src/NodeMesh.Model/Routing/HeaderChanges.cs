namespace NodeMesh.Model.Routing;

/// <summary>What a rule changes in the headers of a request or response: removed first, then set, then added, so that a value that is set and added is there twice.</summary>
public sealed record HeaderChanges
{
    /// <summary>No change.</summary>
    public static HeaderChanges None { get; } = new();

    /// <summary>Headers whose values are replaced.</summary>
    public ValueList<HeaderValue> Set { get; init; }

    /// <summary>Values that join those that are there.</summary>
    public ValueList<HeaderValue> Add { get; init; }

    /// <summary>Names of headers that go.</summary>
    public ValueList<string> Remove { get; init; }

    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty => Set.IsEmpty && Add.IsEmpty && Remove.IsEmpty;
}
