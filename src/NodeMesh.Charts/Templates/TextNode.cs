namespace NodeMesh.Charts.Templates;

/// <summary>Text that is written as it is.</summary>
/// <param name="Text">The text.</param>
internal sealed record TextNode(string Text) : TemplateNode;
