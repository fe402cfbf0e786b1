using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NodeMesh.Resources.Crds;

/// <summary>What the kinds' XML documentation says, so that <c>kubectl explain</c> says the same.</summary>
public sealed partial class KindDescriptions
{
    private readonly Dictionary<string, string> _summaries;

    private KindDescriptions(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the documentation that the compiler writes beside this assembly.</summary>
    /// <returns>The descriptions.</returns>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static KindDescriptions Load()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "NodeMesh.Resources.xml");
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in XDocument.Load(file).Descendants("member"))
        {
            if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
            {
                summaries[name] = Spaces().Replace(summary.Value, " ").Trim();
            }
        }

        return new KindDescriptions(summaries);
    }

    /// <summary>The summary of a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The summary; empty when there is none.</returns>
    public string Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _summaries.GetValueOrDefault($"T:{type.FullName}", "");
    }

    /// <summary>The summary of a property.</summary>
    /// <param name="property">The property.</param>
    /// <returns>The summary; empty when there is none.</returns>
    public string Of(System.Reflection.PropertyInfo property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return _summaries.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
