namespace NodeMesh.Resources.Manifests;

/// <summary>A column that <c>kubectl get</c> shows of a kind.</summary>
/// <param name="name">Its title.</param>
/// <param name="type">Its type: string, integer or date.</param>
/// <param name="path">The JSON path of the value.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class PrinterColumnAttribute(string name, string type, string path) : Attribute
{
    /// <summary>Its title.</summary>
    public string Name { get; } = name;

    /// <summary>Its type: string, integer or date.</summary>
    public string Type { get; } = type;

    /// <summary>The JSON path of the value.</summary>
    public string Path { get; } = path;
}
