using NodeMesh.Agent.Namespaces;

namespace NodeMesh.Agent.Tests.Namespaces;

public sealed class PodCgroupTests
{
    private const string Uid = "0b3c9a5e-53e0-4d1a-9b4f-3f0f6c1d2e3f";

    [Theory]
    [InlineData("0::/kubepods/besteffort/pod0b3c9a5e-53e0-4d1a-9b4f-3f0f6c1d2e3f/4f5e", Uid)]
    [InlineData("12:memory:/kubepods/pod0b3c9a5e-53e0-4d1a-9b4f-3f0f6c1d2e3f/4f5e\n0::/", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0b3c9a5e_53e0_4d1a_9b4f_3f0f6c1d2e3f.slice/cri-containerd-4f5e.scope", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-pod0b3c9a5e_53e0_4d1a_9b4f_3f0f6c1d2e3f.slice/crio-4f5e.scope", Uid)]
    [InlineData("0::/../../besteffort/pod0b3c9a5e-53e0-4d1a-9b4f-3f0f6c1d2e3f/4f5e", Uid)]
    [InlineData("0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod0b3c9a5e_53e0_4d1a_9b4f_3f0f6c1d2e3f.slice/x", Uid)]
    [InlineData("3:pids:/kubepods/burstable/podd5a2ccd5a1e1b3a0d5a2ccd5a1e1b3a0/4f5e", "d5a2ccd5a1e1b3a0d5a2ccd5a1e1b3a0")]
    [InlineData("0::/user.slice/user-0.slice/session-1.scope", null)]
    [InlineData("0::/kubepods/besteffort", null)]
    [InlineData("0::/kubepods/besteffort/podnonsense/x", null)]
    [InlineData("0::/podman/0b3c9a5e-53e0-4d1a-9b4f-3f0f6c1d2e3f", null)]
    [InlineData("", null)]
    public void Uid_IsFoundWhateverTheDriverAndRuntime(string cgroup, string? expected) => Assert.Equal(expected, PodCgroup.FindUid(cgroup));
}
