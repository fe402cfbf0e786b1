using System.Collections.Immutable;

namespace NodeMesh.Capture;

/// <summary>Whether a way of capture works on this machine.</summary>
/// <param name="Problems">One line each: what is missing, and what mends it.</param>
public sealed record CaptureSupport(ImmutableArray<string> Problems)
{
    /// <summary>True when nothing is missing.</summary>
    public bool IsSupported => Problems.IsEmpty;
}
