namespace NodeMesh.Charts.Templates;

/// <summary><c>target.name</c>, or a method with its arguments.</summary>
/// <param name="Target">Of what.</param>
/// <param name="Name">The field.</param>
/// <param name="Arguments">Arguments; empty for a field.</param>
/// <param name="Line">Its line.</param>
internal sealed record FieldExpression(TemplateExpression Target, string Name, IReadOnlyList<TemplateExpression> Arguments, int Line) : TemplateExpression(Line)
{
    /// <summary>As it is written.</summary>
    public string Path => Target is FieldExpression outer ? $"{outer.Path}.{Name}" : Target is VariableExpression variable ? $"{variable.Name}.{Name}" : $".{Name}";
}
