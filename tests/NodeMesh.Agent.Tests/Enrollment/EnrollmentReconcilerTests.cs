using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Agent.Hosting;
using NodeMesh.Agent.Membership;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;

namespace NodeMesh.Agent.Tests.Enrollment;

/// <summary>What becomes of enrolments that cannot be read.</summary>
public sealed class EnrollmentReconcilerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EnrollmentFiles _files;
    private readonly List<MeshedPod> _pods = [];
    private readonly EnrollmentReconciler _reconciler;

    public EnrollmentReconcilerTests()
    {
        var options = new AgentOptions { Node = "n", RunDirectory = _folder.Path, NamespaceDirectory = Path.Combine(_folder.Path, "netns") };
        _files = new EnrollmentFiles(options.EnrollmentDirectory);
        _reconciler = new EnrollmentReconciler(() => _pods, _files, null, new NoEvents(), options, TimeProvider.System, NullLogger<EnrollmentReconciler>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrokenEnrolmentOfAMember_StaysUntilThereIsAnotherInItsPlace()
    {
        var sandbox = Path.Combine(_folder.Path, "sandbox");
        var pod = Pod(isMember: true);
        File.WriteAllText(sandbox, "");
        File.WriteAllText(FileOf(pod.Uid, "status"), JsonSerializer.Serialize(new PodEnrollmentStatus(pod.Uid, true, "iptables", null, sandbox), JsonSerializerOptions.Web));
        await _reconciler.AdmitAsync(pod, sandbox, ["10.0.0.1"], Stop);
        _pods.Add(pod);
        File.WriteAllText(FileOf(pod.Uid, "json"), "{");
        File.Delete(sandbox);

        // Nobody knows its network namespace: the proxy must not let go of it.
        await _reconciler.ReconcileAsync(verify: false, Stop);
        Assert.True(File.Exists(FileOf(pod.Uid, "json")));

        File.WriteAllText(sandbox, "");
        await _reconciler.ReconcileAsync(verify: false, Stop);
        Assert.Equal(sandbox, _files.Find(pod.Uid)?.NetworkNamespace);
    }

    [Fact]
    public async Task BrokenEnrolment_OfAPodThatIsNoMember_IsRemoved()
    {
        var pod = Pod(isMember: false);
        _pods.Add(pod);
        File.WriteAllText(FileOf(pod.Uid, "json"), "{");

        await _reconciler.ReconcileAsync(verify: false, Stop);

        Assert.False(File.Exists(FileOf(pod.Uid, "json")));
    }

    [Fact]
    public async Task EnrolmentThatCannotBeRead_EndsTheLook_AndNobodyLeaves()
    {
        // A link to itself is there, and cannot be read even by root.
        var path = FileOf("unreadable", "json");
        File.CreateSymbolicLink(path, path);

        await Assert.ThrowsAnyAsync<IOException>(() => _reconciler.ReconcileAsync(verify: false, Stop));

        Assert.NotNull(new FileInfo(path).LinkTarget);
        Assert.Empty(_reconciler.Enrolled());
    }

    public void Dispose()
    {
        _reconciler.Dispose();
        _folder.Dispose();
    }

    private static MeshedPod Pod(bool isMember) => new()
    {
        Uid = "7c1f",
        KubeletUid = "7c1f",
        Namespace = "shop",
        Name = "web",
        ServiceAccount = "web",
        Addresses = ["10.0.0.1"],
        Annotations = ImmutableSortedDictionary<string, string>.Empty,
        IsMember = isMember,
        HasEnded = false,
    };

    private string FileOf(string uid, string kind) => Path.Combine(_folder.Path, "enrollments", $"{uid}.{kind}");

    private sealed class NoEvents : IPodEvents
    {
        public void Tell(string ns, string name, string uid, bool isWarning, string reason, string message)
        {
        }
    }
}
