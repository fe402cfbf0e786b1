namespace NodeMesh.Model.Routing;

/// <summary>A comparison of a request's path as the Gateway API makes it; compared by what it says.</summary>
public sealed class PathMatch : IEquatable<PathMatch>
{
    private readonly TextMatch _text;

    private PathMatch(PathMatchKind kind, TextMatch text)
    {
        Kind = kind;
        _text = text;
    }

    /// <summary>The prefix that every path has.</summary>
    public static PathMatch Any { get; } = Prefix("/");

    /// <summary>How it compares.</summary>
    public PathMatchKind Kind { get; }

    /// <summary>What it compares with; a prefix without the slashes at its end.</summary>
    public string Value => _text.Value;

    /// <summary>The whole path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The comparison.</returns>
    public static PathMatch Exact(string path) => new(PathMatchKind.Exact, TextMatch.Exact(path));

    /// <summary>The leading elements of the path.</summary>
    /// <param name="path">The elements; a slash at the end says nothing.</param>
    /// <returns>The comparison.</returns>
    public static PathMatch Prefix(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new PathMatch(PathMatchKind.Prefix, TextMatch.Exact(path.TrimEnd('/')));
    }

    /// <summary>A regular expression for the whole path.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">It is not a regular expression that runs in linear time.</exception>
    public static PathMatch Pattern(string pattern) => new(PathMatchKind.Pattern, TextMatch.Pattern(pattern));

    /// <summary>Compares.</summary>
    /// <param name="path">The path without the query string.</param>
    /// <returns>True on a match.</returns>
    public bool Matches(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Kind != PathMatchKind.Prefix
            ? _text.Matches(path)
            : Value.Length == 0 || (path.StartsWith(Value, StringComparison.Ordinal) && (path.Length == Value.Length || path[Value.Length] == '/'));
    }

    /// <inheritdoc/>
    public bool Equals(PathMatch? other) => other is not null && Kind == other.Kind && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PathMatch);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Value);

    /// <summary>For people.</summary>
    public override string ToString() => $"{Kind} '{(Value.Length == 0 ? "/" : Value)}'";
}
