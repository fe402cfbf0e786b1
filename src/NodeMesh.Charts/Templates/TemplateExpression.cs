namespace NodeMesh.Charts.Templates;

/// <summary>Something that has a value.</summary>
/// <param name="Line">Its line.</param>
internal abstract record TemplateExpression(int Line);
