namespace NodeMesh.Model.Routing;

/// <summary>What routes can see of a request. Asking must not allocate: every request on a routed service is asked.</summary>
public interface IRequestFacts
{
    /// <summary>The method, in upper case as it was sent.</summary>
    string Method { get; }

    /// <summary>The scheme: <c>http</c> or <c>https</c>.</summary>
    string Scheme { get; }

    /// <summary>The authority as the client sent it (<c>Host</c> or <c>:authority</c>), port and all; empty when it sent none.</summary>
    string Authority { get; }

    /// <summary>The path without the query string.</summary>
    string Path { get; }

    /// <summary>The value of a header; several fields of one name joined by commas (RFC 9110 section 5.3).</summary>
    /// <param name="name">The name, without regard to case.</param>
    /// <returns>The value; null when there is none.</returns>
    string? FindHeader(string name);

    /// <summary>The value of a query parameter; the first where there are several.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value, decoded; null when there is none.</returns>
    string? FindQueryParameter(string name);
}
