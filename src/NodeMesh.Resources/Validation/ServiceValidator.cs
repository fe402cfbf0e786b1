using System.Net;
using System.Net.Sockets;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks Services and EndpointSlices.</summary>
internal static class ServiceValidator
{
    /// <summary>Checks a Service.</summary>
    /// <param name="spec">Its spec.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Validate(ServiceSpec spec, FindingCollector findings)
    {
        if (spec.Type == "ExternalName")
        {
            if (string.IsNullOrEmpty(spec.ExternalName) || !ResourceNames.IsSubdomain(spec.ExternalName.TrimEnd('.')))
            {
                findings.Missing("spec.externalName", "a Service of type ExternalName needs a DNS name here");
            }

            return;
        }

        if (spec.Type is "NodePort" or "LoadBalancer")
        {
            findings.Warn(FindingCodes.NoEffect, "spec.type", $"{spec.Type} is served as ClusterIP: nothing listens outside the cluster");
        }

        if (spec.SessionAffinity == "ClientIP")
        {
            findings.Warn(FindingCodes.NoEffect, "spec.sessionAffinity", "has no effect: the mesh keeps no client on one endpoint");
        }

        var headless = spec.ClusterIP == "None";
        if (spec.Ports.IsEmpty && !headless)
        {
            findings.Missing("spec.ports", "a Service needs at least one port, unless it is headless");
        }

        ValidatePorts(spec, findings);
        CheckAddress(spec.ClusterIP, "spec.clusterIP", findings);
        for (var i = 0; i < spec.ClusterIPs.Length; i++)
        {
            CheckAddress(spec.ClusterIPs[i], FieldPath.Index("spec.clusterIPs", i), findings);
        }

        for (var i = 0; i < spec.ExternalIPs.Length; i++)
        {
            CheckAddress(spec.ExternalIPs[i], FieldPath.Index("spec.externalIPs", i), findings);
        }

        for (var i = 0; i < spec.IpFamilies.Length; i++)
        {
            if (spec.IpFamilies[i] is not ("IPv4" or "IPv6"))
            {
                findings.Error(FieldPath.Index("spec.ipFamilies", i), $"'{spec.IpFamilies[i]}' is not one of IPv4, IPv6");
            }
        }
    }

    /// <summary>Checks an EndpointSlice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Validate(EndpointSliceResource slice, FindingCollector findings)
    {
        var family = slice.AddressType switch { "IPv4" => AddressFamily.InterNetwork, "IPv6" => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };
        if (family == AddressFamily.Unspecified)
        {
            findings.Warn(FindingCodes.NoEffect, "addressType", "has no effect: endpoints need IP addresses here");
            return;
        }

        for (var i = 0; i < slice.Endpoints.Length; i++)
        {
            var addresses = slice.Endpoints[i].Addresses;
            for (var j = 0; j < addresses.Length; j++)
            {
                if (!IPAddress.TryParse(addresses[j], out var address) || address.AddressFamily != family)
                {
                    findings.Error($"endpoints[{i}].addresses[{j}]", $"'{addresses[j]}' is not an {slice.AddressType} address");
                }
            }
        }
    }

    private static void ValidatePorts(ServiceSpec spec, FindingCollector findings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(int, string)>();
        for (var i = 0; i < spec.Ports.Length; i++)
        {
            var port = spec.Ports[i];
            var path = FieldPath.Index("spec.ports", i);
            findings.CheckPort($"{path}.port", port.Port);
            findings.CheckPort($"{path}.targetPort", port.TargetPort?.Number);
            if (port.TargetPort?.Name is { } target && !ResourceNames.IsLabel(target))
            {
                findings.Error($"{path}.targetPort", $"'{target}' is neither a number nor the name of a container port");
            }

            if (string.IsNullOrEmpty(port.Name) && spec.Ports.Length > 1)
            {
                findings.Missing($"{path}.name", "is missing; a Service with several ports names each");
            }
            else if (!names.Add(port.Name ?? ""))
            {
                findings.Error($"{path}.name", $"'{port.Name}' is there twice");
            }

            if (!numbers.Add((port.Port, port.Protocol ?? "TCP")))
            {
                findings.Error($"{path}.port", $"{port.Port} is there twice");
            }

            if (port.Protocol is "UDP" or "SCTP")
            {
                findings.Warn(FindingCodes.NoEffect, $"{path}.protocol", $"the mesh does not carry {port.Protocol}: this port is left to the network");
            }
        }
    }

    private static void CheckAddress(string? text, string path, FindingCollector findings)
    {
        if (text is not (null or "" or "None") && !IPAddress.TryParse(text, out _))
        {
            findings.Error(path, $"'{text}' is not an IP address");
        }
    }
}
