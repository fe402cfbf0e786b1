namespace NodeMesh.Charts.Templates;

/// <summary><c>.</c>: what <c>with</c> and <c>range</c> set.</summary>
/// <param name="Line">Its line.</param>
internal sealed record DotExpression(int Line) : TemplateExpression(Line);
