using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Forwarding;

/// <summary>The <c>baggage</c> header of ambient mode: labels of a workload for the other end's telemetry, in both directions.</summary>
internal static class Baggage
{
    /// <summary>The header's name.</summary>
    public const string Name = "baggage";

    private const int MaxLength = 8192;

    // A workload never changes: discovery replaces it.
    private static readonly ConditionalWeakTable<Workload, string> Texts = [];

    /// <summary>Describes a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>The header's value.</returns>
    public static string Format(Workload workload) => Texts.TryGetValue(workload, out var text) ? text : Texts.GetValue(workload, Write);

    /// <summary>Makes a workload, for telemetry alone, of what the other end says of itself.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="identity">The identity that the other end has proven.</param>
    /// <returns>The workload; null when the header says nothing.</returns>
    public static Workload? Parse(string? value, SpiffeId identity)
    {
        if (string.IsNullOrEmpty(value) || value.Length > MaxLength)
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in value.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                labels[part[..equals].Trim()] = Uri.UnescapeDataString(part[(equals + 1)..].Split(';')[0].Trim());
            }
        }

        var type = Enum.GetValues<WorkloadType>().FirstOrDefault(t => labels.ContainsKey($"k8s.{Kind(t)}.name"));
        var name = labels.GetValueOrDefault($"k8s.{Kind(type)}.name", "");
        return new Workload
        {
            Uid = "",
            Name = name,
            Namespace = identity.Namespace,
            TrustDomain = identity.TrustDomain,
            ServiceAccount = identity.ServiceAccount,
            WorkloadName = name,
            WorkloadType = type,
            ClusterId = labels.GetValueOrDefault("k8s.cluster.name", ""),
            CanonicalName = labels.GetValueOrDefault("service.name", ""),
            CanonicalRevision = labels.GetValueOrDefault("service.version", ""),
            Locality = new Locality(labels.GetValueOrDefault("cloud.region", ""), labels.GetValueOrDefault("cloud.availability_zone", "")),
        };
    }

    private static string Write(Workload workload)
    {
        var text = new StringBuilder();
        Append(text, "k8s.cluster.name", workload.ClusterId);
        Append(text, "k8s.namespace.name", workload.Namespace);
        Append(text, $"k8s.{Kind(workload.WorkloadType)}.name", workload.WorkloadName.Length > 0 ? workload.WorkloadName : workload.Name);
        Append(text, "service.name", workload.CanonicalName);
        Append(text, "service.version", workload.CanonicalRevision);
        Append(text, "cloud.region", workload.Locality.Region);
        Append(text, "cloud.availability_zone", workload.Locality.Zone);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string key, string value)
    {
        if (value.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ",")}{key}={Uri.EscapeDataString(value)}");
        }
    }

    private static string Kind(WorkloadType type) => type switch
    {
        WorkloadType.Deployment => "deployment",
        WorkloadType.CronJob => "cronjob",
        WorkloadType.Job => "job",
        _ => "pod",
    };
}
