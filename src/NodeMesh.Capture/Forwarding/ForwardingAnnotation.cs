using NodeMesh.Model;

namespace NodeMesh.Capture.Forwarding;

/// <summary>The annotation by which a pod chooses whether its connections may be forwarded in the kernel.</summary>
public static class ForwardingAnnotation
{
    /// <summary>The annotation.</summary>
    public const string Name = "nodemesh.io/in-kernel-forwarding";

    /// <summary>Reads it.</summary>
    /// <param name="pod">The pod.</param>
    /// <returns>True unless it says <c>disabled</c>.</returns>
    /// <exception cref="CaptureException">It has another value than <c>enabled</c> or <c>disabled</c>.</exception>
    public static bool IsEnabled(PodEnrollment pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return pod.Annotations.GetValueOrDefault(Name, "enabled") switch
        {
            "enabled" => true,
            "disabled" => false,
            var other => throw new CaptureException($"pod {pod.Namespace}/{pod.Name}: annotation {Name}: '{other}' is neither enabled nor disabled"),
        };
    }
}
