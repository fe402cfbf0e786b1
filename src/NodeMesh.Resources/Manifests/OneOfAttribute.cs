namespace NodeMesh.Resources.Manifests;

/// <summary>The values that a string field may have.</summary>
/// <param name="values">The values.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}
