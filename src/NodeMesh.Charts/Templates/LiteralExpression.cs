namespace NodeMesh.Charts.Templates;

/// <summary>A string, number, <c>true</c>, <c>false</c> or <c>nil</c>.</summary>
/// <param name="Value">The value.</param>
/// <param name="Line">Its line.</param>
internal sealed record LiteralExpression(object? Value, int Line) : TemplateExpression(Line);
