namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Answers without a backend.</summary>
public sealed record HttpDirectResponse
{
    /// <summary>The status.</summary>
    public required int Status { get; init; }

    /// <summary>The body; empty when missing.</summary>
    public HttpBody? Body { get; init; }
}
