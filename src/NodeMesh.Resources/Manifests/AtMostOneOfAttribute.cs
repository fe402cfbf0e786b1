namespace NodeMesh.Resources.Manifests;

/// <summary>Fields of which at most one may be there.</summary>
/// <param name="fields">Their names in manifests.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class AtMostOneOfAttribute(params string[] fields) : Attribute
{
    /// <summary>Their names in manifests.</summary>
    public IReadOnlyList<string> Fields { get; } = fields;
}
