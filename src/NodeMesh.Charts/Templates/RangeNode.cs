namespace NodeMesh.Charts.Templates;

/// <summary><c>range</c> over a list or a map (in the order of its keys).</summary>
/// <param name="Over">Over what.</param>
/// <param name="Key">The variable of index or key; null for none.</param>
/// <param name="Value">The variable of the value; null for none.</param>
/// <param name="Body">What happens for each.</param>
/// <param name="Otherwise">What happens when there is none.</param>
internal sealed record RangeNode(TemplateExpression Over, string? Key, string? Value, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Otherwise) : TemplateNode;
