namespace NodeMesh.Resources.Manifests;

/// <summary>Which names Kubernetes allows.</summary>
public static class ResourceNames
{
    /// <summary>A DNS label (RFC 1123 section 2.1): up to 63 lower-case letters, digits and dashes.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is one.</returns>
    public static bool IsLabel(string name) =>
        name is { Length: > 0 and <= 63 } && name[0] != '-' && name[^1] != '-' && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>A DNS name (RFC 1123) of up to 253 characters: labels with dots between them.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is one.</returns>
    public static bool IsSubdomain(string name) => name is { Length: > 0 and <= 253 } && name.Split('.').All(IsLabel);

    /// <summary>A name that is safe as one part of a path.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is one.</returns>
    public static bool IsPathSegment(string name) =>
        name is { Length: > 0 and <= 253 } && name is not "." and not ".." && !name.AsSpan().ContainsAny('/', '%', '\0');
}
