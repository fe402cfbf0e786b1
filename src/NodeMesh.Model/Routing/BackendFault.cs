namespace NodeMesh.Model.Routing;

/// <summary>Why nothing can be sent to a backend; the share of requests that falls to such a backend is answered with <see cref="HttpRule.FaultStatus"/>.</summary>
public enum BackendFault
{
    /// <summary>It is as it should be.</summary>
    None,

    /// <summary>There is no such service.</summary>
    NotFound,

    /// <summary>The service has no such port.</summary>
    PortNotFound,

    /// <summary>It is in another namespace, and no ReferenceGrant there allows it.</summary>
    NotPermitted,

    /// <summary>It is of a kind that cannot be a backend.</summary>
    UnsupportedKind,

    /// <summary>A filter of the backend cannot be done.</summary>
    UnsupportedFilter,

    /// <summary>Its DestinationRule has no such subset.</summary>
    SubsetNotFound,

    /// <summary>The service speaks a protocol that the route cannot be for.</summary>
    UnsupportedProtocol,
}
