namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Reads cookies of requests.</summary>
internal static class RequestCookie
{
    /// <summary>Finds a cookie.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The cookie's name.</param>
    /// <returns>The value of the first of that name, without quotes; null for none.</returns>
    public static string? Find(MeshRequest request, string name)
    {
        foreach (var header in request.Http.Request.Headers.Cookie)
        {
            foreach (var range in header.AsSpan().Split(';'))
            {
                var cookie = header.AsSpan()[range].Trim();
                if (cookie.StartsWith(name, StringComparison.Ordinal) && cookie.Length > name.Length && cookie[name.Length] == '=')
                {
                    return cookie[(name.Length + 1)..].Trim('"').ToString();
                }
            }
        }

        return null;
    }
}
