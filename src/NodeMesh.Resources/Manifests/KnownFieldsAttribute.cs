namespace NodeMesh.Resources.Manifests;

/// <summary>Fields that are valid but not bound, because they have no effect on what NodeMesh does.</summary>
/// <param name="fields">The fields.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KnownFieldsAttribute(params string[] fields) : Attribute
{
    /// <summary>The fields.</summary>
    public IReadOnlyList<string> Fields { get; } = fields;
}
