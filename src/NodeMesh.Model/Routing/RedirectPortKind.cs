namespace NodeMesh.Model.Routing;

/// <summary>Which port a redirect's location has.</summary>
public enum RedirectPortKind
{
    /// <summary>The Gateway API's rule: with a scheme that scheme's own port, else the port on which the request arrived; left out where it is the scheme's own.</summary>
    ListenerOrScheme,

    /// <summary>That of the request's authority, left out where it says none (VirtualService, and <c>FROM_REQUEST_PORT</c>).</summary>
    Request,

    /// <summary>The scheme's own, left out (<c>FROM_PROTOCOL_DEFAULT</c>).</summary>
    Scheme,
}
