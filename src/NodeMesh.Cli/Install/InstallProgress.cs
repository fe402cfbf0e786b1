using System.Globalization;

namespace NodeMesh.Cli.Install;

/// <summary>The lines that tell how an installation goes, each with the seconds since its start.</summary>
/// <param name="output">Where they go.</param>
/// <param name="time">The clock.</param>
internal sealed class InstallProgress(TextWriter output, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>Says that a step is done.</summary>
    /// <param name="line">What.</param>
    public void Done(string line) => Say('✔', line);

    /// <summary>Says what is waited for.</summary>
    /// <param name="line">What.</param>
    public void Waiting(string line) => Say('-', line);

    /// <summary>Says what the user should look at.</summary>
    /// <param name="line">What.</param>
    public void Warn(string line) => Say('!', line);

    private void Say(char mark, string line) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mark} [{time.GetElapsedTime(_began).TotalSeconds,5:0.0}s] {line}"));
}
