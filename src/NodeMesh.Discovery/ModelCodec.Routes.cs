using Google.Protobuf.WellKnownTypes;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    /// <summary>The resource name of routes: <c>namespace/host</c>.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>The name.</returns>
    public static string NameOf(ServiceRoutes routes) => routes.Key.ToString();

    /// <summary>Encodes routes.</summary>
    /// <param name="routes">The routes.</param>
    /// <returns>The message.</returns>
    public static Wire.Routes ToProto(ServiceRoutes routes)
    {
        var wire = new Wire.Routes { Namespace = routes.Key.Namespace, Host = routes.Key.Name };
        foreach (var route in routes.Http)
        {
            var encoded = new Wire.AttachedHttpRoute { Scope = Encode(route.Scope), Created = Encode(route.Created) };
            encoded.Rules.AddRange(route.Rules.Select(r => new Wire.AttachedHttpRule { Action = Encode(r.Action), Matches = { r.Matches.Select(Encode) } }));
            wire.Http.Add(encoded);
        }

        foreach (var route in routes.Grpc)
        {
            var encoded = new Wire.AttachedGrpcRoute { Scope = Encode(route.Scope), Created = Encode(route.Created) };
            encoded.Rules.AddRange(route.Rules.Select(r => new Wire.AttachedGrpcRule { Action = Encode(r.Action), Matches = { r.Matches.Select(Encode) } }));
            wire.Grpc.Add(encoded);
        }

        wire.Ordered.AddRange(routes.Ordered.Select(Encode));
        wire.Connections.AddRange(routes.Connections.Select(Encode));
        wire.TrafficPolicies.AddRange(routes.TrafficPolicies.Select(Encode));
        wire.RateLimits.AddRange(routes.RateLimits.Select(Encode));
        return wire;
    }

    /// <summary>Decodes routes.</summary>
    /// <param name="wire">The message.</param>
    /// <returns>The routes.</returns>
    /// <exception cref="DiscoveryFormatException">A field is wrong.</exception>
    public static ServiceRoutes FromProto(Wire.Routes wire)
    {
        var key = new NamespacedName(wire.Namespace, Required("", "host", wire.Host));
        var name = key.ToString();
        return new ServiceRoutes
        {
            Key = key,
            Http = [.. wire.Http.Select(r => new AttachedRoute<HttpMatch>
            {
                Scope = Decode(name, r.Scope),
                Created = r.Created?.ToDateTimeOffset(),
                Rules = [.. r.Rules.Select(rule => new AttachedRule<HttpMatch>([.. rule.Matches.Select(m => Decode(name, m))], Decode(name, rule.Action)))],
            })],
            Grpc = [.. wire.Grpc.Select(r => new AttachedRoute<GrpcMatch>
            {
                Scope = Decode(name, r.Scope),
                Created = r.Created?.ToDateTimeOffset(),
                Rules = [.. r.Rules.Select(rule => new AttachedRule<GrpcMatch>([.. rule.Matches.Select(m => Decode(name, m))], Decode(name, rule.Action)))],
            })],
            Ordered = [.. wire.Ordered.Select(o => Decode(name, o))],
            Connections = [.. wire.Connections.Select(c => Decode(name, c))],
            TrafficPolicies = [.. wire.TrafficPolicies.Select(p => Decode(name, p))],
            RateLimits = [.. wire.RateLimits.Select(r => Decode(name, r))],
        };
    }

    private static Wire.RouteScope Encode(RouteScope scope) => new() { Namespace = scope.Namespace, Port = (uint)scope.Port };

    private static RouteScope Decode(string name, Wire.RouteScope? scope) =>
        scope is null ? new RouteScope("", 0) : new RouteScope(scope.Namespace, DecodePort(name, "scope.port", scope.Port, zeroAllowed: true));

    private static Timestamp? Encode(DateTimeOffset? time) => time is { } value ? Timestamp.FromDateTimeOffset(value) : null;

    private static Wire.HttpMatch Encode(HttpMatch match)
    {
        var path = match.Path;
        return new Wire.HttpMatch
        {
            Path = path.Kind switch
            {
                PathMatchKind.Exact => new Wire.PathMatch { Exact = path.Value },
                PathMatchKind.Pattern => new Wire.PathMatch { Pattern = path.Value },
                _ => new Wire.PathMatch { Prefix = path.Value },
            },
            Method = match.Method ?? "",
            Headers = { match.Headers.Select(Encode) },
            QueryParameters = { match.QueryParameters.Select(Encode) },
        };
    }

    private static HttpMatch Decode(string name, Wire.HttpMatch wire) => new()
    {
        Path = wire.Path?.PathCase switch
        {
            Wire.PathMatch.PathOneofCase.Exact => PathMatch.Exact(wire.Path.Exact),
            Wire.PathMatch.PathOneofCase.Prefix => PathMatch.Prefix(wire.Path.Prefix),
            Wire.PathMatch.PathOneofCase.Pattern => Checked(name, "path.pattern", () => PathMatch.Pattern(wire.Path.Pattern)),
            _ => throw new DiscoveryFormatException(name, "path", "the kind of match is not known"),
        },
        Method = OrNull(wire.Method),
        Headers = [.. wire.Headers.Select(h => Decode(name, h))],
        QueryParameters = [.. wire.QueryParameters.Select(q => Decode(name, q))],
    };

    private static Wire.GrpcMatch Encode(GrpcMatch match) => new() { Service = Encode(match.Service), Method = Encode(match.Method), Headers = { match.Headers.Select(Encode) } };

    private static GrpcMatch Decode(string name, Wire.GrpcMatch wire) => new()
    {
        Service = DecodeOptional(name, wire.Service),
        Method = DecodeOptional(name, wire.Method),
        Headers = [.. wire.Headers.Select(h => Decode(name, h))],
    };

    private static Wire.OrderedRoutes Encode(OrderedRoutes routes) => new()
    {
        Origin = Encode(routes.Origin),
        ClientNamespace = routes.ClientNamespace,
        ByHost = routes.ByHost,
        FallsThrough = routes.FallsThrough,
        Rules = { routes.Rules.Select(r => new Wire.OrderedRule { Action = Encode(r.Action), Matches = { r.Matches.Select(Encode) } }) },
    };

    private static OrderedRoutes Decode(string name, Wire.OrderedRoutes wire) => new()
    {
        Origin = Decode(name, wire.Origin),
        ClientNamespace = wire.ClientNamespace,
        ByHost = wire.ByHost,
        FallsThrough = wire.FallsThrough,
        Rules = [.. wire.Rules.Select(r => new OrderedRule([.. r.Matches.Select(m => Decode(name, m))], Decode(name, r.Action)))],
    };

    private static Wire.OrderedMatch Encode(OrderedMatch match) => new()
    {
        Name = match.Name ?? "",
        Path = Encode(match.Path),
        Scheme = Encode(match.Scheme),
        Method = Encode(match.Method),
        Authority = Encode(match.Authority),
        Headers = { match.Headers.Select(Encode) },
        WithoutHeaders = { match.WithoutHeaders.Select(Encode) },
        QueryParameters = { match.QueryParameters.Select(Encode) },
        Port = (uint)match.Port,
        SourceNamespace = match.SourceNamespace,
        SourceLabels = { match.SourceLabels.Select(Encode) },
    };

    private static OrderedMatch Decode(string name, Wire.OrderedMatch wire) => new()
    {
        Name = OrNull(wire.Name),
        Path = DecodeOptional(name, wire.Path),
        Scheme = DecodeOptional(name, wire.Scheme),
        Method = DecodeOptional(name, wire.Method),
        Authority = DecodeOptional(name, wire.Authority),
        Headers = [.. wire.Headers.Select(h => Decode(name, h))],
        WithoutHeaders = [.. wire.WithoutHeaders.Select(h => Decode(name, h))],
        QueryParameters = [.. wire.QueryParameters.Select(q => Decode(name, q))],
        Port = DecodePort(name, "port", wire.Port, zeroAllowed: true),
        SourceNamespace = wire.SourceNamespace,
        SourceLabels = [.. wire.SourceLabels.Select(Decode)],
    };

    private static Wire.ConnectionRule Encode(ConnectionRule rule) => new()
    {
        Origin = Encode(rule.Origin),
        Scope = Encode(rule.Scope),
        Tls = rule.Tls,
        ServerNames = { rule.ServerNames },
        Destinations = { rule.Destinations.Select(n => new Wire.Network { Address = EncodeAddress(n.BaseAddress), Length = (uint)n.PrefixLength }) },
        SourceLabels = { rule.SourceLabels.Select(Encode) },
        SourceNamespace = rule.SourceNamespace,
        Backends = { rule.Backends.Select(Encode) },
    };

    private static ConnectionRule Decode(string name, Wire.ConnectionRule wire) => new()
    {
        Origin = Decode(name, wire.Origin),
        Scope = Decode(name, wire.Scope),
        Tls = wire.Tls,
        ServerNames = [.. wire.ServerNames],
        Destinations = [.. wire.Destinations.Select(n => DecodeNetwork(name, "destinations", new Protos.Security.Address { Address_ = n.Address, Length = n.Length }))],
        SourceLabels = [.. wire.SourceLabels.Select(Decode)],
        SourceNamespace = wire.SourceNamespace,
        Backends = [.. wire.Backends.Select(b => Decode(name, b))],
    };
}
