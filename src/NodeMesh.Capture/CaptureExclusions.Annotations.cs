using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <content>Reading annotations.</content>
public sealed partial record CaptureExclusions
{
    private const string All = "*";
    private static readonly ImmutableArray<string> TrafficPrefixes = ["nodemesh.io/", "traffic.sidecar.istio.io/"];

    /// <summary>Reads a pod's annotations: the <c>traffic.sidecar.istio.io/</c> names, ambient mode's own, and the same under <c>nodemesh.io/</c>, which win.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>What is excluded.</returns>
    /// <exception cref="CaptureException">A value is malformed; the message names pod, annotation and the expected form.</exception>
    public static CaptureExclusions Parse(PodEnrollment pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var outboundPorts = Ports(pod, "includeOutboundPorts", allowAll: true);
        return new CaptureExclusions
        {
            IncludeInboundPorts = BypassesInbound(pod) ? [] : Ports(pod, "includeInboundPorts", allowAll: true) is { IsAll: false } inbound ? inbound.Values : null,
            ExcludeInboundPorts = Ports(pod, "excludeInboundPorts", allowAll: false)?.Values ?? [],
            IncludeOutboundPorts = outboundPorts?.Values ?? [],
            IncludeAllOutboundPorts = outboundPorts?.IsAll ?? false,
            ExcludeOutboundPorts = Ports(pod, "excludeOutboundPorts", allowAll: false)?.Values ?? [],
            IncludeOutboundRanges = Ranges(pod, "includeOutboundIPRanges", allowAll: true) is { IsAll: false } ranges ? ranges.Values : null,
            ExcludeOutboundRanges = Ranges(pod, "excludeOutboundIPRanges", allowAll: false)?.Values ?? [],
            VirtualInterfaces = Interfaces(pod),
            CaptureDns = Flag(pod, true, "nodemesh.io/dns-capture", "ambient.istio.io/dns-capture"),
        };
    }

    private static bool BypassesInbound(PodEnrollment pod) => Flag(pod, false, "nodemesh.io/bypass-inbound-capture", "ambient.istio.io/bypass-inbound-capture");

    private static (bool IsAll, ImmutableArray<int> Values)? Ports(PodEnrollment pod, string name, bool allowAll) =>
        List<int>(pod, name, allowAll, "ports from 1 to 65535", static text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null);

    private static (bool IsAll, ImmutableArray<IPNetwork> Values)? Ranges(PodEnrollment pod, string name, bool allowAll) =>
        List<IPNetwork>(pod, name, allowAll, "CIDRs such as 10.0.0.0/8", static text =>
        {
            if (IPAddress.TryParse(text, out var address))
            {
                return new IPNetwork(address, address.GetAddressBytes().Length * 8);
            }

            return IPNetwork.TryParse(text, out var network) ? network : (IPNetwork?)null;
        });

    private static (bool IsAll, ImmutableArray<T> Values)? List<T>(PodEnrollment pod, string name, bool allowAll, string expected, Func<string, T?> read)
        where T : struct
    {
        if (Find(pod, [.. TrafficPrefixes.Select(p => p + name)]) is not var (key, value))
        {
            return null;
        }

        if (allowAll && value.Trim() == All)
        {
            return (true, []);
        }

        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            values.Add(read(part) ?? throw Malformed(pod, key, part, "a comma-separated list of " + expected + (allowAll ? ", or *" : string.Empty)));
        }

        return (false, [.. values.Distinct()]);
    }

    private static ImmutableArray<string> Interfaces(PodEnrollment pod)
    {
        if (Find(pod, ["nodemesh.io/reroute-virtual-interfaces", "istio.io/reroute-virtual-interfaces", "traffic.sidecar.istio.io/kubevirtInterfaces"]) is not var (key, value))
        {
            return [];
        }

        var names = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        // IFNAMSIZ: 15 characters; a '+' at the end is iptables' wildcard.
        var bad = names.FirstOrDefault(n => n.Length > 15 || !n.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+'));
        return bad is null ? [.. names.Distinct()] : throw Malformed(pod, key, bad, "a comma-separated list of interface names");
    }

    private static bool Flag(PodEnrollment pod, bool missing, params ReadOnlySpan<string> keys)
    {
        if (Find(pod, keys) is not var (key, value))
        {
            return missing;
        }

        return value.Trim() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Malformed(pod, key, value, "true or false"),
        };
    }

    private static (string Key, string Value)? Find(PodEnrollment pod, ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (pod.Annotations.TryGetValue(key, out var value))
            {
                return (key, value);
            }
        }

        return null;
    }

    private static CaptureException Malformed(PodEnrollment pod, string key, string value, string expected) =>
        new($"pod {pod.Namespace}/{pod.Name}: annotation {key}: '{value}' is not allowed; write {expected}");
}
