namespace NodeMesh.Agent.Installation;

/// <summary>The plugin's program on the host.</summary>
/// <param name="source">Where the agent has it.</param>
/// <param name="directory">The host's directory of CNI plugins.</param>
internal sealed class PluginProgram(string source, string directory)
{
    private string Target => Path.Combine(directory, ConflistEditor.PluginType);

    /// <summary>Puts it there, unless it is there already.</summary>
    /// <returns>True when it was written.</returns>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public bool Install()
    {
        if (IsInstalled())
        {
            return false;
        }

        Directory.CreateDirectory(directory);

        // Renamed into place: a runtime may be about to run it, and a running program cannot be written to.
        var temporary = $"{Target}.{Guid.NewGuid():N}";
        try
        {
            File.Copy(source, temporary);
            File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101);
            File.Move(temporary, Target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return true;
    }

    /// <summary>Removes it; one that is not there is no error.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Uninstall()
    {
        if (Directory.Exists(directory))
        {
            File.Delete(Target);
        }
    }

    private bool IsInstalled() => File.Exists(Target) && File.ReadAllBytes(source).AsSpan().SequenceEqual(File.ReadAllBytes(Target));
}
