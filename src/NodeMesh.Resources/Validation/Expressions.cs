using System.Text.RegularExpressions;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks regular expressions: RE2's syntax, which is matched in linear time.</summary>
internal static class Expressions
{
    // RE2's own limit is on the compiled program; Istio takes the length for it.
    private const int MaxLength = 1024;

    /// <summary>Checks an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <returns>What is wrong; null when it is good.</returns>
    public static string? Violation(string expression)
    {
        if (expression.Length == 0)
        {
            return "is empty; write an expression, or remove it";
        }

        if (expression.Length > MaxLength)
        {
            return $"is {expression.Length} characters long; at most {MaxLength} are allowed";
        }

        try
        {
            // RE2 writes named groups as (?P<name>…).
            _ = new Regex(expression.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException error)
        {
            return $"'{expression}' is not a regular expression: {error.Message}";
        }
        catch (NotSupportedException)
        {
            return $"'{expression}' uses what cannot be matched in linear time; RE2 has neither look-around nor back references";
        }
    }
}
