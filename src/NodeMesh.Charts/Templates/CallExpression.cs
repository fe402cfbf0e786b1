namespace NodeMesh.Charts.Templates;

/// <summary>A function with its arguments; what a pipeline brings is the last of them.</summary>
/// <param name="Function">The name.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Line">Its line.</param>
internal sealed record CallExpression(string Function, IReadOnlyList<TemplateExpression> Arguments, int Line) : TemplateExpression(Line);
