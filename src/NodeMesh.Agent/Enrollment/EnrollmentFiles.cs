using System.Text.Json;
using NodeMesh.Model;

namespace NodeMesh.Agent.Enrollment;

/// <summary>
/// The agent's side of the enrolment directory. The files are the agent's memory as well: what it wrote before it was restarted is found there, with the
/// network namespaces that only the container runtime could tell.
/// </summary>
internal sealed class EnrollmentFiles
{
    private const string EnrollmentSuffix = ".json";
    private const string StatusSuffix = ".status";

    // As the proxy reads them.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _directory;

    /// <summary>Opens the directory, making it if need be.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public EnrollmentFiles(string directory)
    {
        // Enrolments decide which identity a namespace gets: nobody but root may write them.
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory = directory;
    }

    /// <summary>All enrolments, by UID. One that cannot be understood is null: it means some pod, and must not be taken for gone.</summary>
    /// <returns>What is there.</returns>
    /// <exception cref="IOException">One cannot be read; it may be the next time.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public Dictionary<string, PodEnrollment?> ReadAll() =>
        Directory.EnumerateFiles(_directory, "*" + EnrollmentSuffix).ToDictionary(f => Path.GetFileNameWithoutExtension(f), Parse<PodEnrollment>, StringComparer.Ordinal);

    /// <summary>Writes an enrolment; the proxy reads the old one or the new one.</summary>
    /// <param name="pod">The enrolment.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(PodEnrollment pod)
    {
        var path = PathOf(pod.Uid, EnrollmentSuffix);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(pod, Json));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Removes an enrolment; the proxy does the rest. One that is not there is no error.</summary>
    /// <param name="uid">The pod's UID.</param>
    public void Remove(string uid) => File.Delete(PathOf(uid, EnrollmentSuffix));

    /// <summary>All enrolments that can be read now, for who only tells of them.</summary>
    /// <returns>What is there.</returns>
    public IReadOnlyList<PodEnrollment> ReadGood() => [.. Directory.EnumerateFiles(_directory, "*" + EnrollmentSuffix).Select(Read<PodEnrollment>).OfType<PodEnrollment>()];

    /// <summary>One enrolment; null when there is none.</summary>
    /// <param name="uid">The pod's UID.</param>
    public PodEnrollment? Find(string uid) => Read<PodEnrollment>(PathOf(uid, EnrollmentSuffix));

    /// <summary>The proxy's answer to an enrolment; null when there is none.</summary>
    /// <param name="uid">The pod's UID.</param>
    public PodEnrollmentStatus? FindStatus(string uid) => Read<PodEnrollmentStatus>(PathOf(uid, StatusSuffix));

    /// <summary>Answers to enrolments that are no more: of pods that the proxy has not let go yet.</summary>
    /// <returns>The UIDs.</returns>
    public IReadOnlyList<string> Unreleased() =>
        [.. Directory.EnumerateFiles(_directory, "*" + StatusSuffix).Select(f => Path.GetFileNameWithoutExtension(f)!).Where(u => !File.Exists(PathOf(u, EnrollmentSuffix)))];

    /// <summary>Removes an answer.</summary>
    /// <param name="uid">The pod's UID.</param>
    public void RemoveStatus(string uid) => File.Delete(PathOf(uid, StatusSuffix));

    private static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return Parse<T>(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T? Parse<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string PathOf(string uid, string suffix)
    {
        ArgumentException.ThrowIfNullOrEmpty(uid);
        return uid.Contains('/', StringComparison.Ordinal) ? throw new ArgumentException($"'{uid}' is not a UID", nameof(uid)) : Path.Combine(_directory, uid + suffix);
    }
}
