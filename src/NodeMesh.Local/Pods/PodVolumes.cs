using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>Lays out a pod's volumes as directories of the machine, which containers then see where they mount them.</summary>
/// <param name="config">ConfigMaps and Secrets.</param>
internal sealed class PodVolumes(PodConfig config)
{
    private static readonly string[] KernelFileSystems = ["/proc", "/sys", "/dev"];

    /// <summary>Writes the volumes that come from objects and makes the empty ones; content of an empty one is kept.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="paths">Its files.</param>
    /// <exception cref="PodConfigException">Something that a volume names is missing, or its kind is not served.</exception>
    public void Write(Pod pod, PodPaths paths)
    {
        foreach (var volume in pod.Resource.Spec.Volumes.Where(v => v.HostPath is null))
        {
            var directory = paths.Volume(volume.Name);
            Directory.CreateDirectory(directory);
            foreach (var (file, content, mode) in Files(pod, volume))
            {
                WriteFile(directory, file, content, mode);
            }
        }
    }

    /// <summary>The mounts of a container.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="paths">The pod's files.</param>
    /// <exception cref="PodConfigException">A mount names no volume, or a place that cannot be mounted on.</exception>
    public static ImmutableArray<ContainerMount> Mounts(Pod pod, Container container, PodPaths paths)
    {
        var mounts = ImmutableArray.CreateBuilder<ContainerMount>();
        foreach (var mount in container.VolumeMounts)
        {
            var volume = pod.Resource.Spec.Volumes.FirstOrDefault(v => v.Name == mount.Name)
                ?? throw new PodConfigException($"container {container.Name}: volumeMounts: there is no volume {mount.Name}");
            if (!mount.MountPath.StartsWith('/') || mount.MountPath.TrimEnd('/').Length == 0)
            {
                throw new PodConfigException($"container {container.Name}: mountPath {mount.MountPath} must be an absolute path below /");
            }

            if (KernelFileSystems.Any(k => HostMounts.IsBelow(mount.MountPath, k)) && !Path.Exists(mount.MountPath))
            {
                throw new PodConfigException($"container {container.Name}: mountPath {mount.MountPath}: nothing can be made in the kernel's file systems");
            }

            var source = volume.HostPath?.Path ?? paths.Volume(volume.Name);
            source = mount.SubPath is { Length: > 0 } sub ? SubPath(source, sub, container) : source;
            if (!Path.Exists(source))
            {
                if (volume.HostPath is not null and not { Type: "DirectoryOrCreate" } && mount.SubPath is null)
                {
                    throw new PodConfigException($"container {container.Name}: hostPath {source} is not there");
                }

                Directory.CreateDirectory(source);
            }

            var readOnly = mount.ReadOnly == true || volume is { EmptyDir: null, HostPath: null };
            mounts.Add(new ContainerMount(Path.GetFullPath(source), mount.MountPath.TrimEnd('/'), readOnly, File.Exists(source)));
        }

        return mounts.ToImmutable();
    }

    private static string SubPath(string volume, string sub, Container container) =>
        sub.Split('/').Contains("..") || sub.StartsWith('/')
            ? throw new PodConfigException($"container {container.Name}: subPath {sub} must stay inside the volume")
            : Path.Combine(volume, sub);

    private IEnumerable<(string File, byte[] Content, int Mode)> Files(Pod pod, Volume volume)
    {
        if (volume.ConfigMap is { } map)
        {
            return Select(config.ConfigMap(pod.Namespace, map.Name, map.Optional), map.Items, map.DefaultMode, map.Optional);
        }

        if (volume.Secret is { } secret)
        {
            return Select(config.Secret(pod.Namespace, secret.SecretName, secret.Optional), secret.Items, secret.DefaultMode, secret.Optional);
        }

        if (volume.DownwardAPI is { } fields)
        {
            return Fields(pod, fields.Items, fields.DefaultMode);
        }

        if (volume.Projected is { } projected)
        {
            return projected.Sources.SelectMany(source => Files(pod, new Volume
            {
                Name = volume.Name,
                ConfigMap = source.ConfigMap,
                Secret = source.Secret is { } s ? s with { SecretName = s.SecretName ?? s.Name } : null,
                DownwardAPI = source.DownwardAPI,
                EmptyDir = new EmptyDirVolumeSource(),
            }));
        }

        return volume.EmptyDir is not null ? [] : throw new PodConfigException($"volume {volume.Name}: its kind is not served by nodemesh local");
    }

    private static IEnumerable<(string File, byte[] Content, int Mode)> Fields(Pod pod, ImmutableArray<DownwardApiFile> items, int? mode) =>
        items.Where(i => i.FieldRef is not null).Select(i => (i.Path, Encoding.UTF8.GetBytes(PodFields.Read(pod, i.FieldRef!.FieldPath)), i.Mode ?? mode ?? DefaultMode));

    private static IEnumerable<(string File, byte[] Content, int Mode)> Select(
        ImmutableDictionary<string, byte[]> entries, ImmutableArray<KeyToPath> items, int? mode, bool? optional)
    {
        if (items.Length == 0)
        {
            return entries.Select(e => (e.Key, e.Value, mode ?? DefaultMode));
        }

        return items.Where(i => optional != true || entries.ContainsKey(i.Key)).Select(i => (
            i.Path,
            entries.GetValueOrDefault(i.Key) ?? throw new PodConfigException($"a volume names the key {i.Key}, which is not there"),
            i.Mode ?? mode ?? DefaultMode));
    }

    private static int DefaultMode => Convert.ToInt32("644", 8);

    private static void WriteFile(string directory, string file, byte[] content, int mode)
    {
        if (file.Split('/').Contains(".."))
        {
            throw new PodConfigException(string.Create(CultureInfo.InvariantCulture, $"path {file} must stay inside the volume"));
        }

        var path = Path.Combine(directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)(mode & Convert.ToInt32("777", 8)));
    }
}
