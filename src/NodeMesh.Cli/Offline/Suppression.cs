using System.IO.Enumeration;
using NodeMesh.Resources.Analysis;

namespace NodeMesh.Cli.Offline;

/// <summary>Findings that a user does not want to see: <c>CODE=RESOURCE</c>, with wildcards in the resource.</summary>
/// <param name="Code">The code.</param>
/// <param name="Resource">The resource: <c>KIND NAME.NAMESPACE</c> as istioctl writes it, or <c>KIND/NAMESPACE/NAME</c>.</param>
internal sealed record Suppression(string Code, string Resource)
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static Suppression Parse(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } code, { Length: > 0 } resource]
            ? new Suppression(code, resource)
            : throw new FormatException($"'{text}' is not CODE=RESOURCE; write such as IST0118=Service web.shop or NM0102=*");

    /// <summary>Says whether it is about a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(AnalysisFinding finding)
    {
        if (finding.Code != Code)
        {
            return false;
        }

        if (finding.Resource is not { } resource)
        {
            return Resource == "*";
        }

        var suffix = resource.Namespace.Length == 0 ? "" : $".{resource.Namespace}";
        return ((string[])[$"{resource.Kind} {resource.Name}{suffix}", $"{resource.Kind} {resource.Namespace}/{resource.Name}", $"{resource.Kind}/{resource.Namespace}/{resource.Name}", $"{resource.Name}{suffix}"])
            .Any(name => FileSystemName.MatchesSimpleExpression(Resource, name, ignoreCase: false));
    }
}
