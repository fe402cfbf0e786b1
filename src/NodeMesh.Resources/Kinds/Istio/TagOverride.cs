using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A change of a tag.</summary>
[Cel("((has(self.operation) ? self.operation : '') == 'UPSERT') ? (has(self.value) ? self.value != '' : false) : true", "value must be set when operation is UPSERT")]
[Cel("((has(self.operation) ? self.operation : '') == 'REMOVE') ? !has(self.value) : true", "value must not be set when operation is REMOVE")]
public sealed record TagOverride
{
    /// <summary>UPSERT when missing.</summary>
    [OneOf("UPSERT", "REMOVE")]
    public string? Operation { get; init; }

    /// <summary>Its value, an expression.</summary>
    public string? Value { get; init; }
}
