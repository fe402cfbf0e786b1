namespace NodeMesh.Charts.Templates;

/// <summary><c>if</c>, or <c>with</c>, which makes the value the dot.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Variable">A variable that takes its value; null for none.</param>
/// <param name="SetsDot">It is <c>with</c>.</param>
/// <param name="Body">What happens when it is not empty.</param>
/// <param name="Otherwise">What happens when it is.</param>
internal sealed record IfNode(TemplateExpression Condition, string? Variable, bool SetsDot, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Otherwise) : TemplateNode;
