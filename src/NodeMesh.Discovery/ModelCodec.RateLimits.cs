using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    private static Wire.RateLimit Encode(RateLimitRule rule) => new()
    {
        Origin = Encode(rule.Origin),
        Name = rule.Name,
        Port = (uint)rule.Port,
        Requests = (uint)rule.Requests,
        Period = Encode(rule.Period),
        Burst = (uint)rule.Burst,
        Scope = (Wire.RateLimitScope)rule.Scope,
        Keys = { rule.Keys.Select(k => new Wire.RateLimitKey { Kind = (Wire.RateLimitKeyKind)k.Kind, Name = k.Name }) },
        Match = Encode(rule.Match),
        Methods = { rule.Methods },
        Principals = { rule.Principals.Select(Encode) },
        Namespaces = { rule.Namespaces },
        Networks = { rule.Networks.Select(n => new Wire.Network { Address = EncodeAddress(n.BaseAddress), Length = (uint)n.PrefixLength }) },
    };

    private static RateLimitRule Decode(string name, Wire.RateLimit wire)
    {
        // Divided by, so nothing to be trusted.
        var period = wire.Period?.ToTimeSpan() ?? TimeSpan.Zero;
        if (wire.Requests is 0 or > int.MaxValue || wire.Burst is 0 or > int.MaxValue || period <= TimeSpan.Zero)
        {
            throw new DiscoveryFormatException(name, "rate_limits", "requests, burst and period have to be above 0");
        }

        return new RateLimitRule
        {
            Origin = Decode(name, wire.Origin),
            Name = Required(name, "rate_limits.name", wire.Name),
            Port = DecodePort(name, "rate_limits.port", wire.Port, zeroAllowed: true),
            Requests = (int)wire.Requests,
            Period = period,
            Burst = (int)wire.Burst,
            Scope = DecodeEnum<Wire.RateLimitScope, RateLimitScope>(name, "rate_limits.scope", wire.Scope),
            Keys = [.. wire.Keys.Select(k => new RateLimitKey(DecodeEnum<Wire.RateLimitKeyKind, RateLimitKeyKind>(name, "rate_limits.keys", k.Kind), k.Name))],
            Match = wire.Match is null ? new HttpMatch() : Decode(name, wire.Match),
            Methods = [.. wire.Methods],
            Principals = [.. wire.Principals.Select(p => Decode(name, p))],
            Namespaces = [.. wire.Namespaces],
            Networks = [.. wire.Networks.Select(n => DecodeNetwork(name, "rate_limits.networks", new Protos.Security.Address { Address_ = n.Address, Length = n.Length }))],
        };
    }
}
