namespace NodeMesh.Model.Routing;

/// <summary>What of a request's URL is changed before it is sent on.</summary>
/// <param name="Host">The authority that the backend gets; null for the client's.</param>
/// <param name="Path">The change of the path; null for none.</param>
public sealed record UrlRewrite(string? Host, PathRewrite? Path);
