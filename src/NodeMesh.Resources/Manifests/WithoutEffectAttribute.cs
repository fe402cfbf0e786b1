namespace NodeMesh.Resources.Manifests;

/// <summary>A field that is valid and would change behaviour, but is not served: its use is a warning.</summary>
/// <param name="field">The field's name in manifests.</param>
/// <param name="reason">Why, as the end of a sentence that begins with the field.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class WithoutEffectAttribute(string field, string reason) : Attribute
{
    /// <summary>The field's name in manifests.</summary>
    public string Field { get; } = field;

    /// <summary>Why, as the end of a sentence that begins with the field.</summary>
    public string Reason { get; } = reason;
}
