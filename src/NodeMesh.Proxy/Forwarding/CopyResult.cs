namespace NodeMesh.Proxy.Forwarding;

/// <summary>The end of a copy loop.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Error">What broke; null when nothing did.</param>
internal readonly record struct CopyResult(CopyEnd End, Exception? Error);
