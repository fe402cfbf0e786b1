namespace NodeMesh.Charts.Templates;

/// <summary>A part of a template.</summary>
internal abstract record TemplateNode;
