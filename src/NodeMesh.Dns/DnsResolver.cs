using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Dns;

/// <summary>
/// From a question to an answer, without any I/O. A client's own resolver appends search suffixes to what the application asked for; so a name is tried
/// as it is, then as a short name (<c>web</c>, <c>web.shop</c>, <c>web.shop.svc</c>), then with the suffixes taken off again.
/// </summary>
/// <param name="zone">The hosts.</param>
/// <param name="options">How to answer.</param>
public sealed class DnsResolver(IDnsZone zone, DnsResolverOptions options)
{
    // Longer chains of aliases inside a zone are a loop.
    private const int MaxAliases = 8;

    private readonly string _clusterDomain = DnsName.Normalize(options.ClusterDomain);

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="client">Who asks.</param>
    /// <returns>The answer; null when upstream is to be asked.</returns>
    public DnsAnswer? Resolve(DnsQuestion question, DnsClient client)
    {
        var name = DnsName.Normalize(question.Name);
        if (question.Type == DnsRecordType.Ptr && DnsName.ReverseAddress(name) is { } address)
        {
            return zone.FindName(address, client) is { } found
                ? new DnsAnswer(DnsResponseCode.NoError, [DnsRecord.ForName(DnsRecordType.Ptr, question.Name, found, options.TimeToLive)])
                : null;
        }

        if (Match(name, client) is not { } match)
        {
            return options.IsAuthority && IsUnder(name, _clusterDomain) ? new DnsAnswer(DnsResponseCode.NameError, []) : null;
        }

        // An alias for the name that matched, where that is not what the client asked for.
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        var owner = question.Name;
        if (match.Alias is { } alias)
        {
            records.Add(DnsRecord.ForName(DnsRecordType.Cname, owner, alias, options.TimeToLive));
            owner = alias;
        }

        return Answer(question.Type, owner, match.Host, client, records);
    }

    private static bool IsUnder(string name, string domain) =>
        name.EndsWith(domain, StringComparison.Ordinal) && (name.Length == domain.Length || name[^(domain.Length + 1)] == '.');

    private DnsAnswer? Answer(DnsRecordType type, string owner, DnsHost host, DnsClient client, ImmutableArray<DnsRecord>.Builder records)
    {
        for (var i = 0; host.CanonicalName is { } target; i++)
        {
            records.Add(DnsRecord.ForName(DnsRecordType.Cname, owner, target, options.TimeToLive));
            owner = target;
            if (type == DnsRecordType.Cname)
            {
                return new DnsAnswer(DnsResponseCode.NoError, records.DrainToImmutable());
            }

            if (i == MaxAliases)
            {
                return new DnsAnswer(DnsResponseCode.ServerFailure, []);
            }

            if (FindExact(DnsName.Normalize(target), client) is not { } next)
            {
                return new DnsAnswer(DnsResponseCode.NoError, records.DrainToImmutable(), target);
            }

            host = next;
        }

        switch (type)
        {
            case DnsRecordType.A:
                Add(records, owner, host.Addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork));
                break;
            case DnsRecordType.Aaaa:
                Add(records, owner, host.Addresses.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6));
                break;
            case DnsRecordType.Any:
                Add(records, owner, host.Addresses);
                break;
            case DnsRecordType.Srv when host.Services.Length > 0:
                records.AddRange(host.Services.Select(s => DnsRecord.ForService(owner, 0, (ushort)(100 / host.Services.Length), s.Port, s.Target, options.TimeToLive)));
                break;
            default:
                // Mail exchangers, texts and the like of a host that the mesh knows by address only are upstream's to answer.
                return options.IsAuthority ? new DnsAnswer(DnsResponseCode.NoError, records.DrainToImmutable()) : null;
        }

        return new DnsAnswer(DnsResponseCode.NoError, records.DrainToImmutable());
    }

    private void Add(ImmutableArray<DnsRecord>.Builder records, string owner, IEnumerable<IPAddress> addresses)
    {
        var shuffled = addresses.ToArray();
        Random.Shared.Shuffle(shuffled);
        foreach (var address in shuffled)
        {
            records.Add(DnsRecord.ForAddress(owner, address, options.TimeToLive));
        }
    }

    private (DnsHost Host, string? Alias)? Match(string name, DnsClient client)
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (FindExact(name, client) is { } exact)
        {
            return (exact, null);
        }

        if (options.IsAuthority)
        {
            return null;
        }

        if (FindShort(name, client) is { } relative)
        {
            return (relative.Host, null);
        }

        // Longest suffix first, as the client's resolver tried them.
        foreach (var suffix in new[] { $"{client.Namespace}.svc.{_clusterDomain}", $"svc.{_clusterDomain}", _clusterDomain })
        {
            if (name.Length <= suffix.Length + 1 || !IsUnder(name, suffix))
            {
                continue;
            }

            var stripped = name[..^(suffix.Length + 1)];
            if (FindExact(stripped, client) is { } absolute)
            {
                return (absolute, stripped);
            }

            if (FindShort(stripped, client) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private (DnsHost Host, string Alias)? FindShort(string name, DnsClient client)
    {
        foreach (var full in new[] { $"{name}.{client.Namespace}.svc.{_clusterDomain}", $"{name}.svc.{_clusterDomain}", $"{name}.{_clusterDomain}" })
        {
            if (zone.Find(full, client) is { } host)
            {
                return (host, full);
            }
        }

        return null;
    }

    /// <summary>The host of that very name, or of the closest wildcard above it.</summary>
    private DnsHost? FindExact(string name, DnsClient client)
    {
        if (zone.Find(name, client) is { } host)
        {
            return host;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (zone.Find(string.Concat("*", name.AsSpan(dot)), client) is { } wildcard)
            {
                return wildcard;
            }
        }

        return null;
    }
}
