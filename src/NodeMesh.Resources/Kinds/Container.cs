using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>A container.</summary>
[KnownFields("imagePullPolicy", "resources", "securityContext", "terminationMessagePath", "terminationMessagePolicy", "stdin", "stdinOnce", "tty", "resizePolicy", "restartPolicyRules", "volumeDevices")]
public sealed record Container
{
    /// <summary>Its name, unique in the pod.</summary>
    public required string Name { get; init; }

    /// <summary>Its image; in nodemesh local only used to find a command.</summary>
    public string? Image { get; init; }

    /// <summary>Replaces the image's entry point.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Arguments; $(NAME) is replaced by the variable.</summary>
    public ImmutableArray<string> Args { get; init; } = [];

    /// <summary>Where it starts.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Ports; named ones may be a service's target port.</summary>
    public ImmutableArray<ContainerPortSpec> Ports { get; init; } = [];

    /// <summary>Variables taken from whole ConfigMaps and Secrets.</summary>
    public ImmutableArray<EnvFromSource> EnvFrom { get; init; } = [];

    /// <summary>Variables.</summary>
    public ImmutableArray<EnvVar> Env { get; init; } = [];

    /// <summary>Where volumes appear.</summary>
    public ImmutableArray<VolumeMount> VolumeMounts { get; init; } = [];

    /// <summary>When it fails, the container is restarted.</summary>
    public Probe? LivenessProbe { get; init; }

    /// <summary>While it fails, the pod is not ready.</summary>
    public Probe? ReadinessProbe { get; init; }

    /// <summary>Until it succeeds, the other probes wait.</summary>
    public Probe? StartupProbe { get; init; }

    /// <summary>Hooks.</summary>
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>Always on an init container makes it a sidecar.</summary>
    [OneOf("Always", "OnFailure", "Never")]
    public string? RestartPolicy { get; init; }
}
