using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Tests.Pods;

public sealed class HostMountsTests
{
    [Fact]
    public void Parse_Mountinfo_SeparatesWhatIsCopiedFromWhatIsShared()
    {
        string[] lines =
        [
            "20 1 8:1 / / rw - ext4 /dev/vda rw",
            "21 20 0:4 / /proc rw shared:5 - proc proc rw",
            "22 20 0:5 / /sys rw - sysfs sysfs rw",
            "23 22 0:6 / /sys/fs/cgroup rw - cgroup2 none rw",
            "24 20 8:2 / /home/my\\040files rw - ext4 /dev/vdb rw",
            "25 20 0:7 / /run rw - tmpfs tmpfs rw",
            "26 25 0:8 / /run/netns rw - tmpfs tmpfs rw",
            "27 25 0:9 net:[1] /run/netns/x rw - nsfs nsfs rw",
            "28 25 0:10 / /run/nodemesh/mesh0/x rw - tmpfs tmpfs rw",
            "29 20 8:1 /f /etc/file rw - ext4 /dev/vda rw",
        ];

        var mounts = HostMounts.Parse(lines, "/run/nodemesh", path => path != "/etc/file");

        Assert.Equal(["/", "/run", "/home/my files"], mounts.Overlaid);
        Assert.Equal(["/sys", "/proc"], mounts.Shared.OrderBy(m => m.Length));
    }
}
