using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Resources by host: asked for each of a thousand services, and most of them name one host.</summary>
/// <param name="rules">The resources, in the order in which they go before each other.</param>
internal sealed class HostRulesIndex(IEnumerable<HostRules> rules)
{
    private readonly ILookup<string, HostRules> _byHost = rules.ToLookup(r => r.Host, StringComparer.Ordinal);
    private readonly List<HostRules> _patterns = [.. rules.Where(r => HostPattern.IsPattern(r.Host))];

    /// <summary>The resources for a host: those that name it, then those whose pattern takes it; each in their order.</summary>
    /// <param name="host">A qualified host; may be a pattern.</param>
    /// <returns>The resources.</returns>
    public IEnumerable<HostRules> For(string host) => _byHost[host].Concat(_patterns.Where(r => r.Host != host && r.IsFor(host)));
}
