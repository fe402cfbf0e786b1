namespace NodeMesh.Kubernetes;

/// <summary>A kind, and where its objects are found.</summary>
/// <param name="Group">Such as <c>apps</c>; empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Plural">Such as <c>deployments</c>.</param>
/// <param name="Namespaced">Its objects are in namespaces.</param>
public record KubernetesKind(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary>Group and version as objects write them.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource as kubectl writes it, such as <c>deployments.apps</c>.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    internal string Path(string? ns, string? name = null, string? subresource = null)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        var path = ns is { Length: > 0 } && Namespaced ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
        return name is null ? path : subresource is null ? $"{path}/{Uri.EscapeDataString(name)}" : $"{path}/{Uri.EscapeDataString(name)}/{subresource}";
    }
}
