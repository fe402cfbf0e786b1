using System.Collections.Immutable;
using System.Net;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks pods, and the controllers that make them.</summary>
internal static class PodValidator
{
    /// <summary>Checks a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void ValidatePod(PodResource pod, FindingCollector findings)
    {
        ValidateSpec(pod.Spec, "spec", findings);
        var addresses = pod.Status?.PodIPs ?? [];
        for (var i = 0; i < addresses.Length; i++)
        {
            if (!IPAddress.TryParse(addresses[i].Ip, out _))
            {
                findings.Error($"status.podIPs[{i}].ip", $"'{addresses[i].Ip}' is not an IP address");
            }
        }
    }

    /// <summary>Checks a controller of pods that run for ever.</summary>
    /// <param name="selector">Its selector.</param>
    /// <param name="template">Its template.</param>
    /// <param name="replicas">How many pods it wants.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void ValidateController(LabelSelector selector, PodTemplateSpec template, int? replicas, FindingCollector findings)
    {
        if (replicas < 0)
        {
            findings.Error("spec.replicas", "cannot be negative");
        }

        var labels = template.Metadata?.Labels ?? [];
        if (selector.MatchLabels.IsEmpty && selector.MatchExpressions.IsEmpty)
        {
            findings.Missing("spec.selector", "is empty; select the template's labels");
        }

        foreach (var (key, value) in selector.MatchLabels)
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
            {
                findings.Error(FieldPath.Key("spec.selector.matchLabels", key), $"the template has no label {key}={value}; selector and spec.template.metadata.labels have to agree");
            }
        }

        if (template.Spec.RestartPolicy is "OnFailure" or "Never")
        {
            findings.Error("spec.template.spec.restartPolicy", $"{findings.Document.Kind.Kind} allows only Always");
        }

        ValidateSpec(template.Spec, "spec.template.spec", findings);
    }

    /// <summary>Checks a Job.</summary>
    /// <param name="spec">Its spec.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void ValidateJob(JobSpec spec, FindingCollector findings)
    {
        if (spec.Template.Spec.RestartPolicy is null or "Always")
        {
            findings.Error("spec.template.spec.restartPolicy", "a Job needs OnFailure or Never");
        }

        ValidateSpec(spec.Template.Spec, "spec.template.spec", findings);
    }

    private static void ValidateSpec(PodSpec spec, string path, FindingCollector findings)
    {
        if (spec.Containers.IsEmpty)
        {
            findings.Missing($"{path}.containers", "a pod needs at least one container");
        }

        if (spec.ServiceAccountName is { Length: > 0 } account && !ResourceNames.IsSubdomain(account))
        {
            findings.Error($"{path}.serviceAccountName", $"'{account}' is not a valid name");
        }

        if (spec.TerminationGracePeriodSeconds < 0)
        {
            findings.Error($"{path}.terminationGracePeriodSeconds", "cannot be negative");
        }

        ValidateVolumes(spec, path, findings);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var volumes = spec.Volumes.Select(v => v.Name).ToHashSet();
        ValidateContainers(spec.InitContainers, $"{path}.initContainers", names, volumes, findings);
        ValidateContainers(spec.Containers, $"{path}.containers", names, volumes, findings);
    }

    private static void ValidateVolumes(PodSpec spec, string path, FindingCollector findings)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Volumes.Length; i++)
        {
            var volume = spec.Volumes[i];
            var at = FieldPath.Index($"{path}.volumes", i);
            if (!ResourceNames.IsLabel(volume.Name) || !names.Add(volume.Name))
            {
                findings.Error($"{at}.name", $"'{volume.Name}' is there twice or not a valid name");
            }

            var sources = new object?[] { volume.ConfigMap, volume.Secret, volume.EmptyDir, volume.HostPath, volume.DownwardAPI, volume.Projected };
            if (sources.Count(s => s is not null) > 1)
            {
                findings.Error(at, "a volume has exactly one source");
            }
        }
    }

    private static void ValidateContainers(ImmutableArray<Container> containers, string path, HashSet<string> names, HashSet<string> volumes, FindingCollector findings)
    {
        for (var i = 0; i < containers.Length; i++)
        {
            var container = containers[i];
            var at = FieldPath.Index(path, i);
            if (!ResourceNames.IsLabel(container.Name) || !names.Add(container.Name))
            {
                findings.Error($"{at}.name", $"'{container.Name}' is there twice or not a valid name; use lower-case letters, digits and '-'");
            }

            for (var p = 0; p < container.Ports.Length; p++)
            {
                findings.CheckPort($"{at}.ports[{p}].containerPort", container.Ports[p].ContainerPort ?? 0);
            }

            ValidateVariables(container, at, findings);
            for (var m = 0; m < container.VolumeMounts.Length; m++)
            {
                var mount = container.VolumeMounts[m];
                if (!volumes.Contains(mount.Name))
                {
                    findings.Error($"{at}.volumeMounts[{m}].name", $"the pod has no volume '{mount.Name}'; add it under volumes");
                }

                if (mount.MountPath.Length == 0 || mount.MountPath.Contains(':', StringComparison.Ordinal))
                {
                    findings.Error($"{at}.volumeMounts[{m}].mountPath", $"'{mount.MountPath}' is no path; write it without ':'");
                }
            }

            ValidateProbe(container.StartupProbe, $"{at}.startupProbe", container, findings);
            ValidateProbe(container.ReadinessProbe, $"{at}.readinessProbe", container, findings);
            ValidateProbe(container.LivenessProbe, $"{at}.livenessProbe", container, findings);
        }
    }

    private static void ValidateVariables(Container container, string path, FindingCollector findings)
    {
        for (var i = 0; i < container.Env.Length; i++)
        {
            var variable = container.Env[i];
            var at = $"{path}.env[{i}]";
            if (variable.Name.Length == 0 || variable.Name.AsSpan().ContainsAny('=', '\0'))
            {
                findings.Error($"{at}.name", $"'{variable.Name}' cannot be the name of a variable");
            }

            if (variable.ValueFrom is { } from)
            {
                var sources = new object?[] { from.ConfigMapKeyRef, from.SecretKeyRef, from.FieldRef }.Count(s => s is not null);
                if (variable.Value is { Length: > 0 })
                {
                    findings.Error($"{at}.valueFrom", "cannot stand beside value; keep one of them");
                }
                else if (sources > 1)
                {
                    findings.Error($"{at}.valueFrom", "has exactly one source");
                }
            }
        }
    }

    private static void ValidateProbe(Probe? probe, string path, Container container, FindingCollector findings)
    {
        if (probe is null)
        {
            return;
        }

        if (new object?[] { probe.Exec, probe.HttpGet, probe.TcpSocket, probe.Grpc }.Count(h => h is not null) != 1)
        {
            findings.Error(path, "needs exactly one of exec, httpGet, tcpSocket and grpc");
        }

        if (probe.Exec is { Command.IsEmpty: true })
        {
            findings.Missing($"{path}.exec.command", "is empty; write the command to run");
        }

        CheckPort(probe.HttpGet?.Port, $"{path}.httpGet.port", container, findings);
        CheckPort(probe.TcpSocket?.Port, $"{path}.tcpSocket.port", container, findings);
        findings.CheckPort($"{path}.grpc.port", probe.Grpc?.Port);
        if (probe.PeriodSeconds < 1 || probe.TimeoutSeconds < 1 || probe.SuccessThreshold < 1 || probe.FailureThreshold < 1 || probe.InitialDelaySeconds < 0)
        {
            findings.Error(path, "periods, time-outs and thresholds are at least 1, initialDelaySeconds at least 0");
        }
    }

    private static void CheckPort(IntOrString? port, string path, Container container, FindingCollector findings)
    {
        findings.CheckPort(path, port?.Number);
        if (port?.Name is { } name && container.Ports.All(p => p.Name != name))
        {
            findings.Error(path, $"the container has no port named '{name}'; add it under ports, or write a number");
        }
    }
}
