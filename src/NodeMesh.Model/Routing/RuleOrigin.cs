namespace NodeMesh.Model.Routing;

/// <summary>Where a rule was written.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Rule">The number of the rule in it, from 0.</param>
/// <param name="RuleName">The rule's name; null when it has none.</param>
public sealed record RuleOrigin(ResourceOrigin Resource, int Rule, string? RuleName = null)
{
    /// <summary><c>Kind namespace/name rule 0 'name'</c>.</summary>
    public override string ToString() => RuleName is null ? $"{Resource} rule {Rule}" : $"{Resource} rule {Rule} '{RuleName}'";
}
