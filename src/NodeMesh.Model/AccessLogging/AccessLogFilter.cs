using System.Diagnostics.CodeAnalysis;

namespace NodeMesh.Model.AccessLogging;

/// <summary>
/// An expression that says which access lines are written: of CEL what asks for facts of a request, compares them and joins comparisons. As with Envoy a line
/// is not written where the expression has no value, because it asks for what is not there. Compared by what it says.
/// </summary>
public sealed class AccessLogFilter : IEquatable<AccessLogFilter>
{
    private readonly FilterNode _root;

    private AccessLogFilter(string expression, FilterNode root)
    {
        Expression = expression;
        _root = root;
        NeedsRequests = root.NeedsRequests;
    }

    /// <summary>The expression as it was written.</summary>
    public string Expression { get; }

    /// <summary>True when it asks for what only requests have.</summary>
    public bool NeedsRequests { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="problem">What is wrong with it, or beyond what is done here, and what to write.</param>
    /// <returns>False where it cannot be used.</returns>
    public static bool TryParse(string expression, [NotNullWhen(true)] out AccessLogFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(expression);
        try
        {
            (filter, problem) = (new AccessLogFilter(expression, new FilterParser(expression).Parse()), null);
            return true;
        }
        catch (FormatException error)
        {
            (filter, problem) = (null, error.Message);
            return false;
        }
    }

    /// <summary>Says whether a line is written.</summary>
    /// <param name="facts">What it would be about.</param>
    /// <returns>True when it is.</returns>
    public bool Allows(IAccessFacts facts) => _root.Evaluate(facts).Flag == true;

    /// <inheritdoc/>
    public bool Equals(AccessLogFilter? other) => other is not null && Expression == other.Expression;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AccessLogFilter);

    /// <inheritdoc/>
    public override int GetHashCode() => Expression.GetHashCode(StringComparison.Ordinal);

    /// <summary>For people.</summary>
    public override string ToString() => Expression;
}
