using System.Text.RegularExpressions;

namespace NodeMesh.Cli.BugReport;

/// <summary>Takes out of a text what nobody but its owner may see: private keys, tokens, and values whose names say that they are secret.</summary>
internal static partial class Redaction
{
    private const string Mark = "REDACTED";

    /// <summary>Redacts.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        text = PrivateKey().Replace(text, $"-----BEGIN PRIVATE KEY----- {Mark} -----END PRIVATE KEY-----");
        text = Token().Replace(text, Mark);
        text = Credentials().Replace(text, $"$1 {Mark}");
        text = UserInfo().Replace(text, $"$1{Mark}@");
        text = NamedVariable().Replace(text, $"$1{Mark}");
        return Named().Replace(text, m => m.Groups["value"].Value is "" or "null" or "true" or "false"
            ? m.Value
            : $"{m.Groups["name"].Value}{(m.Value.EndsWith('"') ? $"\"{Mark}\"" : Mark)}");
    }

    // Line breaks inside JSON are two characters.
    [GeneratedRegex(@"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^\s/@""':]+:[^\s/@""']+@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    // A variable of a container, in JSON or YAML, whose name says that it is secret: its value stands in the next field.
    [GeneratedRegex(@"(""?name""?:\s*""?[\w.-]*(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|credential)[\w.-]*""?\s*,?\s*""?value""?:\s*)(?:""(?:[^""\\]|\\.)*""|[^\s,}]+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NamedVariable();

    [GeneratedRegex(@"(?<name>[""']?\b[\w.-]*(?:password|passwd|client_secret|clientsecret|api[_-]?key|private[_-]?key|access[_-]?key|accesstoken|access_token|refresh_token|id_token)[""']?\s*[:=]\s*)(?:""(?<value>(?:[^""\\]|\\.)*)""|'(?<value>[^']*)'|(?<value>[^\s,{}\[\]""']+))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}
