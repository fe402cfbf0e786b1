using System.Collections.Immutable;

namespace NodeMesh.Agent.Installation;

/// <summary>The host's directory of CNI configurations. Runtimes take the first by name; that one gets the plugin, and no other keeps it.</summary>
/// <param name="path">The directory.</param>
/// <param name="socket">The agent's socket, as the host sees it.</param>
/// <param name="excluded">Namespaces whose pods start without the agent.</param>
internal sealed class CniDirectory(string path, string socket, ImmutableArray<string> excluded)
{
    /// <summary>A configuration that was made into a list keeps its text under this ending, which no runtime reads.</summary>
    private const string SavedSuffix = ".nodemesh-saved";

    private const string ListSuffix = ".conflist";

    /// <summary>Puts the plugin where it belongs.</summary>
    /// <returns>What was written, for people; empty when all was as it should be.</returns>
    /// <exception cref="CniConfigurationException">There is no network configuration yet.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public IReadOnlyList<string> Install()
    {
        var done = new List<string>();
        var files = Configurations();
        var first = files.FirstOrDefault(f => ConflistEditor.IsValid(f.Text, f.IsList));
        if (first.Path is null)
        {
            throw new CniConfigurationException($"{path} holds no network configuration yet: nodemesh-cni comes after the cluster's network plugin");
        }

        if (!first.IsList)
        {
            done.Add(Convert(first.Path, first.Text));
        }
        else if (ConflistEditor.Chain(first.Text, socket, excluded) is { } chained)
        {
            Write(first.Path, chained);
            done.Add($"nodemesh-cni added to {first.Path}");
        }

        var list = Path.ChangeExtension(first.Path, ListSuffix);
        foreach (var other in files.Where(f => f.IsList && f.Path != list))
        {
            done.AddRange(Remove(other.Path, other.Text));
        }

        return done;
    }

    /// <summary>Takes the plugin out of everything, and brings back what was converted.</summary>
    /// <returns>What was done, for people.</returns>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public IReadOnlyList<string> Uninstall()
    {
        if (!Directory.Exists(path))
        {
            return [];
        }

        var done = new List<string>();
        foreach (var file in Configurations().Where(f => f.IsList))
        {
            done.AddRange(Remove(file.Path, file.Text));
        }

        foreach (var saved in Directory.EnumerateFiles(path, "*" + SavedSuffix).ToList())
        {
            // Its list was replaced by the network plugin's own: what it was made of is of the past.
            File.Delete(saved);
            done.Add($"{saved} removed");
        }

        return done;
    }

    /// <summary>By name, as runtimes sort.</summary>
    private List<(string Path, string Text, bool IsList)> Configurations()
    {
        var found = new List<(string, string, bool)>();
        foreach (var file in Directory.EnumerateFiles(path).Where(f => Path.GetExtension(f) is ".conf" or ListSuffix or ".json").Order(StringComparer.Ordinal))
        {
            try
            {
                found.Add((file, File.ReadAllText(file), Path.GetExtension(file) == ListSuffix));
            }
            catch (FileNotFoundException)
            {
                // Replaced just now; the next event comes with the new one.
            }
        }

        return found;
    }

    private string Convert(string file, string text)
    {
        var name = Path.GetFileName(file);
        var list = Path.ChangeExtension(file, ListSuffix);
        Write(list, ConflistEditor.Convert(text, name, socket, excluded));

        // In this order: at no time is there neither. Until the second step runtimes take the first by name, which is the old one.
        File.Move(file, file + SavedSuffix, overwrite: true);
        return $"{file} converted to {list} with nodemesh-cni";
    }

    private IEnumerable<string> Remove(string file, string text)
    {
        if (ConflistEditor.SourceOf(text) is { } source)
        {
            var original = Path.Combine(path, source);
            if (File.Exists(original + SavedSuffix) && !File.Exists(original))
            {
                File.Move(original + SavedSuffix, original);
            }

            File.Delete(file);
            yield return $"{file} removed, {original} is back";
        }
        else if (IsList(text) && ConflistEditor.Unchain(text) is { } unchained)
        {
            Write(file, unchained);
            yield return $"nodemesh-cni removed from {file}";
        }
    }

    private static bool IsList(string text) => ConflistEditor.IsValid(text, isList: true);

    /// <summary>A runtime reads the old file or the new one.</summary>
    private static void Write(string file, string text)
    {
        // A name that no runtime takes for a configuration.
        var temporary = $"{file}.nodemesh-{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(temporary, text);
            File.SetUnixFileMode(temporary, File.Exists(file) ? File.GetUnixFileMode(file) : UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
