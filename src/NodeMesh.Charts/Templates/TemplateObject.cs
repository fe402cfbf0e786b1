namespace NodeMesh.Charts.Templates;

/// <summary>An object whose methods templates call, such as <c>.Capabilities.APIVersions.Has</c>.</summary>
/// <param name="methods">The methods.</param>
internal sealed class TemplateObject(IReadOnlyDictionary<string, Func<IReadOnlyList<object?>, object?>> methods)
{
    /// <summary>The methods.</summary>
    public IReadOnlyDictionary<string, Func<IReadOnlyList<object?>, object?>> Methods => methods;
}
