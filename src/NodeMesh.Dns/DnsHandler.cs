namespace NodeMesh.Dns;

/// <summary>Answers questions.</summary>
/// <param name="request">The question.</param>
/// <param name="ct">The server stops, or the client is gone.</param>
/// <returns>The answer's bytes, at most <see cref="DnsRequest.AnswerLimit"/>.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>> DnsHandler(DnsRequest request, CancellationToken ct);
