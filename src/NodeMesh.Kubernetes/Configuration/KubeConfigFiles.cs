using System.Collections.Immutable;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>Finds kubeconfig files and merges them as kubectl does: whatever is named twice, the first file says.</summary>
internal static class KubeConfigFiles
{
    public static ImmutableArray<string> Find(string? path)
    {
        if (path is not null)
        {
            return [path];
        }

        var variable = Environment.GetEnvironmentVariable("KUBECONFIG");
        if (!string.IsNullOrWhiteSpace(variable))
        {
            // Missing files of the list are passed over, but not all of them: whoever sets it means one.
            var named = variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToImmutableArray();
            var present = named.Where(File.Exists).ToImmutableArray();
            return present.Length > 0 ? present : named;
        }

        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        return File.Exists(home) ? [home] : [];
    }

    public static KubeConfig Load(ImmutableArray<string> files)
    {
        if (files.Length == 0)
        {
            throw new KubeConfigException("no kubeconfig: neither KUBECONFIG nor ~/.kube/config exists; name one with --kubeconfig");
        }

        var merged = new KubeConfig(files[0]);
        foreach (var file in files)
        {
            merged.Merge(KubeConfigReader.Read(file));
        }

        return merged;
    }
}
