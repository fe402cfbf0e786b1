namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Changes headers.</summary>
public sealed record HeaderOperations
{
    /// <summary>Of requests.</summary>
    public HeaderOperation? Request { get; init; }

    /// <summary>Of responses.</summary>
    public HeaderOperation? Response { get; init; }
}
