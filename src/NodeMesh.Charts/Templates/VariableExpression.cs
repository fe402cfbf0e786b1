namespace NodeMesh.Charts.Templates;

/// <summary><c>$name</c>; <c>$</c> is what the template was given.</summary>
/// <param name="Name">The name, with the dollar.</param>
/// <param name="Line">Its line.</param>
internal sealed record VariableExpression(string Name, int Line) : TemplateExpression(Line);
