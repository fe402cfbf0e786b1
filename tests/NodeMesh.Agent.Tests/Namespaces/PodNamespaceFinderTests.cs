using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Agent.Membership;
using NodeMesh.Agent.Namespaces;
using NodeMesh.Agent.Tests.Fixtures;

namespace NodeMesh.Agent.Tests.Namespaces;

/// <summary>Real processes in real namespaces and control groups.</summary>
public sealed class PodNamespaceFinderTests
{
    [Fact]
    public async Task RunningPod_IsFoundByTheNameOfItsNamespace()
    {
        await using var pod = await TestPod.CreateAsync();
        var uid = Guid.NewGuid().ToString();
        await pod.StartAsync(uid);
        Assert.Equal(pod.Namespace.Path, Find("/run/netns", Pod(uid, pod.Address)));
    }

    [Fact]
    public async Task NamespaceWithoutAName_IsFoundByItsProcess()
    {
        await using var pod = await TestPod.CreateAsync();
        var uid = Guid.NewGuid().ToString();
        var process = await pod.StartAsync(uid);
        var path = Find("/nowhere", Pod(uid, pod.Address));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/ns/net"), path);

        Assert.True(StillNames(path!, uid));
        Assert.False(StillNames(path!, Guid.NewGuid().ToString()));
        process.Kill();
        await process.WaitForExitAsync();
        Assert.False(StillNames(path!, uid));
    }

    [Fact]
    public async Task ProcessInAForeignNamespace_IsNotTakenForItsOwner()
    {
        await using var pod = await TestPod.CreateAsync();
        await using var other = await TestPod.CreateAsync();
        var uid = Guid.NewGuid().ToString();

        // Older, and so looked at first.
        await pod.StartAsync(uid, other.Namespace);
        Assert.Null(Find("/run/netns", Pod(uid, pod.Address)));
        await pod.StartAsync(uid);
        Assert.Equal(pod.Namespace.Path, Find("/run/netns", Pod(uid, pod.Address)));
    }

    [Fact]
    public async Task PodWithoutAddressOrProcess_IsNotFound()
    {
        await using var pod = await TestPod.CreateAsync();
        var uid = Guid.NewGuid().ToString();
        Assert.Null(Find("/run/netns", Pod(uid, pod.Address)));
        await pod.StartAsync(uid);
        Assert.Null(Find("/run/netns", Pod(uid)));
    }

    [Fact]
    public async Task Addresses_OfBothFamilies_AreRead()
    {
        await using var pod = await TestPod.CreateAsync();
        await pod.Namespace.AddAddressAsync("lo", "fd41::7/128");
        var uid = Guid.NewGuid().ToString();
        await pod.StartAsync(uid);
        Assert.Equal(pod.Namespace.Path, Find("/run/netns", Pod(uid, pod.Address, "fd41::7")));
        Assert.Null(Find("/run/netns", Pod(uid, pod.Address, "fd41::8")));
    }

    [Fact]
    public void Path_ThatIsGone_NamesNothing() => Assert.False(StillNames("/run/netns/nmt-nowhere", "x"));

    private static bool StillNames(string path, string uid) => PodNamespaceFinder.StillNames(path, uid, new Lazy<PodProcesses>(PodProcesses.Scan));

    private static string? Find(string directory, MeshedPod pod) =>
        new PodNamespaceFinder(directory).Find([pod], new Lazy<PodProcesses>(PodProcesses.Scan)).GetValueOrDefault(pod.Uid);

    private static MeshedPod Pod(string uid, params string[] addresses) => new()
    {
        Uid = uid,
        KubeletUid = uid,
        Namespace = "shop",
        Name = "web",
        ServiceAccount = "default",
        Addresses = [.. addresses],
        Annotations = ImmutableSortedDictionary<string, string>.Empty,
        IsMember = true,
        HasEnded = false,
    };
}
