using System.Globalization;

namespace NodeMesh.Resources.Manifests;

/// <summary>A scalar of a manifest.</summary>
public sealed class ManifestScalar : ManifestNode
{
    /// <summary>Makes a scalar.</summary>
    /// <param name="text">Its text, without quotes.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="line">Line, from 1; 0 when not from a file.</param>
    /// <param name="column">Column, from 1; 0 when not from a file.</param>
    public ManifestScalar(string text, ScalarKind kind, int line = 0, int column = 0)
        : base(line, column)
    {
        Text = text;
        Kind = kind;
    }

    /// <summary>Its text, without quotes.</summary>
    public string Text { get; }

    /// <summary>What it is.</summary>
    public ScalarKind Kind { get; }

    /// <summary>A string.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The scalar.</returns>
    public static ManifestScalar String(string text) => new(text, ScalarKind.String);

    /// <summary>An integer.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The scalar.</returns>
    public static ManifestScalar Integer(long value) => new(value.ToString(CultureInfo.InvariantCulture), ScalarKind.Integer);

    /// <summary>A boolean.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The scalar.</returns>
    public static ManifestScalar Boolean(bool value) => new(value ? "true" : "false", ScalarKind.Boolean);

    /// <inheritdoc/>
    public override string Describe() => Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Boolean => $"the boolean {Text}",
        ScalarKind.Integer or ScalarKind.Float => $"the number {Text}",
        _ => $"the string \"{Text}\"",
    };

    /// <inheritdoc/>
    public override bool DeepEquals(ManifestNode? other) =>
        other is ManifestScalar scalar && scalar.Kind == Kind && string.Equals(scalar.Text, Text, StringComparison.Ordinal);

    /// <summary>Resolves a plain (unquoted) YAML scalar as Kubernetes does: YAML 1.2's core schema, and YAML 1.1's octal numbers (<c>0644</c>).</summary>
    /// <param name="text">The text.</param>
    /// <returns>What it stands for, numbers in decimal.</returns>
    internal static (ScalarKind Kind, string Text) Resolve(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            return (ScalarKind.Null, "");
        }

        if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            return (ScalarKind.Boolean, text.ToLowerInvariant());
        }

        if (!(char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.'))
        {
            return (ScalarKind.String, text);
        }

        if (TryInteger(text, out var integer))
        {
            return (ScalarKind.Integer, integer.ToString(CultureInfo.InvariantCulture));
        }

        var numeric = text.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.' or 'e' or 'E') && text.Any(char.IsAsciiDigit);
        return numeric && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? (ScalarKind.Float, number.ToString("R", CultureInfo.InvariantCulture))
            : (ScalarKind.String, text);
    }

    private static bool TryInteger(string text, out long value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }

        var octal = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text.Length > 1 && text[0] == '0' ? text[1..] : null;
        if (octal is not null && octal.Length is > 0 and <= 20 && octal.All(c => c is >= '0' and <= '7'))
        {
            value = octal.Aggregate(0L, (sum, digit) => (sum * 8) + (digit - '0'));
            return true;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}
