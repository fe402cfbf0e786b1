namespace NodeMesh.Charts.Templates;

/// <summary><c>$name := value</c> or <c>$name = value</c>.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">The value.</param>
/// <param name="Declare">It is a new variable.</param>
internal sealed record AssignNode(string Name, TemplateExpression Value, bool Declare) : TemplateNode;
