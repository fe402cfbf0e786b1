namespace NodeMesh.Charts.Templates;

/// <summary>A value that is written.</summary>
/// <param name="Value">The value.</param>
internal sealed record OutputNode(TemplateExpression Value) : TemplateNode;
