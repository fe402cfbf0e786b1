using System.Text.Json;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Store;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Mesh;

/// <summary>
/// Hands pods to their node's proxy and takes them back, through files. A pod of the mesh does not start before the proxy says that it is captured.
/// </summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="store">Namespaces and their labels.</param>
/// <param name="enabled">False when the mesh runs without proxies: then no pod is a member.</param>
/// <param name="time">The clock.</param>
internal sealed class MeshEnrollment(MeshLayout layout, ObjectStore store, bool enabled, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>True when a pod belongs to the mesh.</summary>
    /// <param name="pod">The pod.</param>
    public bool IsMember(Pod pod) => enabled && MeshMembership.IsMember(
        pod.Resource.Metadata.Labels,
        store.Find<NamespaceResource>("", pod.Namespace)?.Metadata.Labels ?? [],
        pod.Resource.Spec.HostNetwork == true);

    /// <summary>Writes a pod's enrolment, unless it says the same already.</summary>
    /// <param name="pod">The pod.</param>
    public void Enroll(Pod pod)
    {
        var enrollment = new PodEnrollment
        {
            Uid = pod.Uid,
            Name = pod.Name,
            Namespace = pod.Namespace,
            ServiceAccount = pod.Resource.Spec.ServiceAccountName ?? "default",
            NetworkNamespace = MeshLayout.NamespacePath(layout.Name.PodNamespace(pod.Uid)),
            Addresses = [pod.V4.ToString(), pod.V6.ToString()],
            Annotations = pod.Resource.Metadata.Annotations,
        };
        var path = EnrollmentFile(pod);
        var text = JsonSerializer.Serialize(enrollment, Json);
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            ObjectStore.WriteAtomically(path, text);
        }
    }

    /// <summary>Waits until the proxy captured a pod, or the pod is no longer in the mesh.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="waiting">Told now and then what is missing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WaitCapturedAsync(Pod pod, Action<string> waiting, CancellationToken cancellationToken)
    {
        var said = "";
        while (IsMember(pod))
        {
            var status = ReadStatus(pod);
            if (status is { Captured: true })
            {
                return;
            }

            var problem = status?.Error ?? $"the proxy of {pod.Node.Name} has not captured it yet";
            if (problem != said)
            {
                waiting(problem);
                said = problem;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>How a pod was captured; null when it is not.</summary>
    /// <param name="pod">The pod.</param>
    public string? CaptureModeOf(Pod pod) => ReadStatus(pod) is { Captured: true } status ? status.CaptureMode : null;

    /// <summary>Takes a running pod out of the mesh; the proxy does the rest.</summary>
    /// <param name="pod">The pod.</param>
    public void Withdraw(Pod pod) => File.Delete(EnrollmentFile(pod));

    /// <summary>Takes a pod back; waits a moment for the proxy to let go, so that its connections end before its address is gone.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ReleaseAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (!File.Exists(EnrollmentFile(pod)))
        {
            return;
        }

        File.Delete(EnrollmentFile(pod));
        var began = time.GetTimestamp();
        while (File.Exists(StatusFile(pod)) && time.GetElapsedTime(began) < ReleaseTimeout)
        {
            await Task.Delay(Poll, time, cancellationToken);
        }

        // A proxy that is away does not clean up after itself.
        File.Delete(StatusFile(pod));
    }

    private PodEnrollmentStatus? ReadStatus(Pod pod)
    {
        try
        {
            return JsonSerializer.Deserialize<PodEnrollmentStatus>(File.ReadAllText(StatusFile(pod)), Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private string EnrollmentFile(Pod pod) => Path.Combine(layout.Enrollment(pod.Node.Name), $"{pod.Uid}.json");

    private string StatusFile(Pod pod) => Path.Combine(layout.Enrollment(pod.Node.Name), $"{pod.Uid}.status");
}
