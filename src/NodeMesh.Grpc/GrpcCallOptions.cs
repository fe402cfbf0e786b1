namespace NodeMesh.Grpc;

/// <summary>What one call adds.</summary>
public sealed record GrpcCallOptions
{
    /// <summary>Nothing.</summary>
    public static GrpcCallOptions None { get; } = new();

    /// <summary>Headers, names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>How long the call may take from its start; null: for ever. Travels as <c>grpc-timeout</c>, so that the server gives up too.</summary>
    public TimeSpan? Deadline { get; init; }
}
