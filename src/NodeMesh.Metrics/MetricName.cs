using System.Text;

namespace NodeMesh.Metrics;

/// <summary>Names of instruments as Prometheus wants them: <c>nodemesh.tunnel.age</c> with unit <c>s</c> becomes <c>nodemesh_tunnel_age_seconds</c>.</summary>
internal static class MetricName
{
    /// <summary>Makes the name, without <c>_total</c>.</summary>
    /// <param name="instrument">The instrument's name.</param>
    /// <param name="unit">Its UCUM unit; null when it has none.</param>
    public static string Of(string instrument, string? unit)
    {
        var name = Sanitize(instrument, allowColon: true);
        var suffix = Unit(unit);
        return suffix.Length == 0 || name.EndsWith(suffix, StringComparison.Ordinal) || name.EndsWith(suffix + "_total", StringComparison.Ordinal) ? name : name + suffix;
    }

    /// <summary>Makes the name of a label.</summary>
    /// <param name="tag">The tag's name.</param>
    public static string OfLabel(string tag) => Sanitize(tag, allowColon: false);

    private static string Sanitize(string text, bool allowColon)
    {
        var name = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            if (name.Length == 0 && char.IsAsciiDigit(c))
            {
                name.Append('_');
            }

            name.Append(char.IsAsciiLetterOrDigit(c) || c == '_' || (c == ':' && allowColon) ? c : '_');
        }

        return name.Length == 0 ? "_" : name.ToString();
    }

    private static string Unit(string? unit) => unit switch
    {
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "By" => "_bytes",
        "%" => "_percent",
        _ => "", // annotations such as {connection}, and units without a customary suffix
    };
}
