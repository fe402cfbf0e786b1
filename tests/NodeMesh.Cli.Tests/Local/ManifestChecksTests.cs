using System.Collections.Immutable;
using NodeMesh.Local.Client;
using NodeMesh.Local.Layout;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Local;

public sealed class ManifestChecksTests
{
    [Fact]
    public void Ineffective_Job_IsNamedWithWhatToWriteInstead()
    {
        var documents = ManifestReader.ReadText("apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: d, command: [date]}]}}}\n", "default").Documents;

        var warning = Assert.Single(ManifestChecks.Ineffective(documents));

        Assert.Contains("Job", warning, StringComparison.Ordinal);
        Assert.Contains("Deployment", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ImageWithoutCommand_NamesPodContainerAndFlag()
    {
        var documents = ManifestReader.ReadText("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, image: nginx}]}\n", "default").Documents;

        var error = Assert.Single(ManifestChecks.Check(documents, new MeshSettings { Name = "m" }));

        Assert.Contains("Pod default/web", error, StringComparison.Ordinal);
        Assert.Contains("container app", error, StringComparison.Ordinal);
        Assert.Contains("--image nginx=COMMAND", error, StringComparison.Ordinal);
        Assert.Empty(ManifestChecks.Check(documents, new MeshSettings { Name = "m", Images = ImmutableDictionary<string, string>.Empty.Add("nginx", "sleep 1") }));
    }

    [Fact]
    public async Task Preflight_EbpfCaptureThatTheProxyCannot_IsRefusedWithTheReasonAndWhatToUse()
    {
        var layout = new MeshLayout(MeshName.Parse("nmt-none"));
        var binaries = Directory.CreateTempSubdirectory();
        foreach (var program in new[] { "nodemesh-control", "nodemesh-proxy" })
        {
            var path = Path.Combine(binaries.FullName, program);
            await File.WriteAllTextAsync(path, "#!/bin/sh\n[ \"$*\" = '--probe-capture ebpf' ] && echo 'a newer kernel is needed' && exit 1\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var settings = new MeshSettings { Name = "nmt-none", Capture = "ebpf", Binaries = binaries.FullName };
        var problems = await Preflight.CheckAsync(layout, settings, TestContext.Current.CancellationToken);
        binaries.Delete(recursive: true);

        Assert.Equal(["--capture ebpf: a newer kernel is needed; or use --capture auto or iptables"], problems);
    }
}
