using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Networking;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>Works out what a container starts with: command, environment, volumes, name service.</summary>
/// <param name="layout">The mesh's files.</param>
/// <param name="environment">Environments.</param>
/// <param name="volumes">Volumes.</param>
/// <param name="images">Commands of images; asked at each start, since later applies may add some.</param>
internal sealed class LaunchBuilder(MeshLayout layout, ContainerEnvironment environment, PodVolumes volumes, Func<ImageCommands> images)
{
    /// <summary>Works it out.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <exception cref="PodConfigException">Something that it names is missing.</exception>
    public ContainerLaunch Build(Pod pod, Container container)
    {
        var paths = new PodPaths(layout, pod.Uid);
        volumes.Write(pod, paths);
        var variables = environment.Resolve(pod, container);
        var command = container.Command.Length > 0
            ? container.Command
            : images().Find(container.Image) ?? throw new PodConfigException(NoCommand(container));
        return new ContainerLaunch
        {
            Command = [.. command.Concat(container.Args).Select(word => VariableExpansion.Expand(word, variables))],
            Environment = [.. variables.OrderBy(v => v.Key, StringComparer.Ordinal)],
            WorkingDirectory = container.WorkingDir is { Length: > 0 } directory ? directory : "/",
            Hostname = ContainerEnvironment.Hostname(pod),
            Hosts = Hosts(pod),
            ResolvConf = ResolvConf(pod),
            Mounts = PodVolumes.Mounts(pod, container, paths),
        };
    }

    /// <summary>What is said of a container without a command.</summary>
    /// <param name="container">The container.</param>
    public static string NoCommand(Container container) =>
        $"container {container.Name}: there are no images here, and {container.Image ?? "an image without a name"} has no command; set its command, or give --image {container.Image ?? "NAME"}=COMMAND";

    private static string Hosts(Pod pod)
    {
        var name = ContainerEnvironment.Hostname(pod);
        var full = pod.Resource.Spec.Subdomain is { Length: > 0 } subdomain ? $"{name}.{subdomain}.{pod.Namespace}.svc.{ClusterNames.Domain}\t{name}" : name;
        return $"127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{pod.V4}\t{full}\n{pod.V6}\t{full}\n";
    }

    private static string ResolvConf(Pod pod) =>
        $"search {pod.Namespace}.svc.{ClusterNames.Domain} svc.{ClusterNames.Domain} {ClusterNames.Domain}\nnameserver {AddressPlan.DnsV4}\noptions ndots:5\n";
}
