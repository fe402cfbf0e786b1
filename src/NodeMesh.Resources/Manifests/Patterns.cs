namespace NodeMesh.Resources.Manifests;

/// <summary>Expressions that texts of the kinds have to match, and what they ask for in words.</summary>
internal static class Patterns
{
    /// <summary>A DNS label (RFC 1123).</summary>
    public const string DnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary><see cref="DnsLabel"/> in words.</summary>
    public const string DnsLabelWords = "a name; use lower-case letters, digits and '-'";

    /// <summary>A DNS name (RFC 1123).</summary>
    public const string SectionName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary><see cref="SectionName"/> in words.</summary>
    public const string SectionNameWords = "a name; use lower-case letters, digits, '-' and '.'";

    /// <summary>A host name.</summary>
    public const string PreciseHostname = SectionName;

    /// <summary><see cref="PreciseHostname"/> in words.</summary>
    public const string PreciseHostnameWords = "a host name; write such as shop.example.com, in lower case and without a port";

    /// <summary>A host name, or a wildcard for its first label.</summary>
    public const string Hostname = @"^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary><see cref="Hostname"/> in words.</summary>
    public const string HostnameWords = "a host name; write such as shop.example.com or *.example.com, in lower case and without a port";

    /// <summary>An API group; empty for core.</summary>
    public const string Group = @"^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary><see cref="Group"/> in words.</summary>
    public const string GroupWords = "an API group, such as gateway.networking.k8s.io; core is empty";

    /// <summary>The name of a kind.</summary>
    public const string Kind = "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$";

    /// <summary><see cref="Kind"/> in words.</summary>
    public const string KindWords = "a kind, such as Service";

    /// <summary>The name of a header (RFC 9110 section 5.1).</summary>
    public const string HeaderName = @"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$";

    /// <summary><see cref="HeaderName"/> in words.</summary>
    public const string HeaderNameWords = "a header name; use letters, digits and '-'";

    /// <summary>The name of a header as Istio allows it.</summary>
    public const string IstioHeaderName = "^[-_A-Za-z0-9]+$";

    /// <summary><see cref="IstioHeaderName"/> in words.</summary>
    public const string IstioHeaderNameWords = "a header name; use letters, digits, '-' and '_'";

    /// <summary>A controller: DOMAIN/PATH.</summary>
    public const string ControllerName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$";

    /// <summary><see cref="ControllerName"/> in words.</summary>
    public const string ControllerNameWords = "a controller; write DOMAIN/PATH";

    /// <summary>A listener's protocol.</summary>
    public const string ListenerProtocol = @"^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]+$";

    /// <summary><see cref="ListenerProtocol"/> in words.</summary>
    public const string ListenerProtocolWords = "a protocol; write HTTP, HTTPS, TLS, TCP, UDP or DOMAIN/NAME";

    /// <summary>A type of addresses.</summary>
    public const string AddressType = @"^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$";

    /// <summary><see cref="AddressType"/> in words.</summary>
    public const string AddressTypeWords = "a type of addresses; write IPAddress, Hostname, NamedAddress or DOMAIN/NAME";

    /// <summary>An origin of cross-origin requests.</summary>
    public const string CorsOrigin = @"^\*$|^[a-z][a-z0-9+.-]*:\/\/(\*|(\*\.)?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$";

    /// <summary><see cref="CorsOrigin"/> in words.</summary>
    public const string CorsOriginWords = "an origin; write such as https://example.com, https://*.example.com:8443 or *";

    /// <summary>Well-known authorities.</summary>
    public const string WellKnownAuthorities = @"^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$";

    /// <summary><see cref="WellKnownAuthorities"/> in words.</summary>
    public const string WellKnownAuthoritiesWords = "a set of authorities; write System";

    /// <summary>A URI with a scheme.</summary>
    public const string AbsoluteUri = @"^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\?([^#]*))?(#(.*))?";

    /// <summary><see cref="AbsoluteUri"/> in words.</summary>
    public const string AbsoluteUriWords = "a URI with a scheme, such as spiffe://cluster.local/ns/a/sa/b";

    /// <summary>A SHA-256 hash.</summary>
    public const string Sha256 = "(^$|^[a-f0-9]{64}$)";

    /// <summary><see cref="Sha256"/> in words.</summary>
    public const string Sha256Words = "a SHA-256 hash; write 64 digits from 0 to f";
}
