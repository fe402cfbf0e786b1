namespace NodeMesh.Linux.Transport;

/// <summary>The end of a <see cref="SocketForwarder"/>.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Error">One line of detail; null when nothing broke.</param>
public readonly record struct ForwardResult(ForwardEnd End, string? Error);
