namespace NodeMesh.Resources.Manifests;

/// <summary>A rule on the value of a field: manifests are checked by it, and it is written into the CRD's schema.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class FieldConstraintAttribute : Attribute
{
    /// <summary>True when it is about a list or map as a whole; false when it is about each of its items.</summary>
    public virtual bool OnCollection => false;

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What is wrong and what to do about it; null when it is good.</returns>
    public abstract string? Violation(object value);

    /// <summary>Writes the rule into a schema.</summary>
    /// <param name="schema">The schema of the value.</param>
    public abstract void Describe(SchemaBuilder schema);
}
