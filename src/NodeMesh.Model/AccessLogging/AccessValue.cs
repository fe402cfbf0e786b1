namespace NodeMesh.Model.AccessLogging;

/// <summary>A value in a filter of access lines.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">The number; 1 for true.</param>
/// <param name="Text">The text; null for other kinds.</param>
public readonly record struct AccessValue(AccessValueKind Kind, long Number, string? Text)
{
    /// <summary>Makes a number; a missing one of null.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The value.</returns>
    public static AccessValue Of(long? value) => value is { } number ? new AccessValue(AccessValueKind.Number, number, null) : default;

    /// <summary>Makes a text; a missing one of null.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The value.</returns>
    public static AccessValue Of(string? value) => value is null ? default : new AccessValue(AccessValueKind.Text, 0, value);

    /// <summary>Makes true or false; a missing one of null.</summary>
    /// <param name="value">Which.</param>
    /// <returns>The value.</returns>
    public static AccessValue Of(bool? value) => value is { } flag ? new AccessValue(AccessValueKind.Flag, flag ? 1 : 0, null) : default;

    /// <summary>True or false; null for what is missing.</summary>
    public bool? Flag => Kind == AccessValueKind.Flag ? Number != 0 : null;
}
