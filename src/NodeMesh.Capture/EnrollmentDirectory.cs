using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>
/// The directory through which pods join the mesh: one <c>UID.json</c> per pod in, one <c>UID.status</c> out. Changes are seen at once by a file watcher;
/// since watchers lose events when their queue overflows, the directory is also read again every few seconds.
/// </summary>
public sealed partial class EnrollmentDirectory : IAsyncDisposable
{
    private const string EnrollmentSuffix = ".json";
    private const string StatusSuffix = ".status";

    /// <summary>The longest that a lost event can go unseen.</summary>
    private static readonly TimeSpan RescanInterval = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TimeProvider _time;
    private readonly ILogger<EnrollmentDirectory> _log;
    private readonly FileSystemWatcher _watcher;
    private readonly ITimer _timer;
    // A signal needs no memory of how often it was given.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<string, PodEnrollment> _pods = [];

    /// <summary>Opens the directory, making it if need be.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="time">The clock of the periodic rescan.</param>
    /// <param name="log">Where malformed files are told.</param>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    public EnrollmentDirectory(string path, TimeProvider time, ILogger<EnrollmentDirectory> log)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        Path = System.IO.Path.GetFullPath(path);
        _time = time;
        _log = log;
        // Enrolments decide which identity a namespace gets: nobody but root may write them.
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _watcher = new FileSystemWatcher(Path) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
        _watcher.Created += OnEvent;
        _watcher.Changed += OnEvent;
        _watcher.Deleted += OnEvent;
        _watcher.Renamed += OnEvent;
        _watcher.Error += (_, _) => Signal();
        try
        {
            _watcher.EnableRaisingEvents = true;
        }
        catch (IOException e)
        {
            // No inotify instance is left on the node (inotify(7): fs.inotify.max_user_instances): better late than not at all.
            LogBlind(_log, Path, RescanInterval, e.Message);
        }

        _timer = _time.CreateTimer(static state => ((EnrollmentDirectory)state!).Signal(), this, RescanInterval, RescanInterval);
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>False when the last scan found enrolments that could not be read or understood: nobody knows which namespaces they mean.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// What changes: first one <see cref="EnrollmentChangeKind.Added"/> for each pod that is there, then <see cref="EnrollmentChangeKind.Synced"/>, then changes
    /// as they come. A malformed file is answered in its status and told when it is mended. One reader at a time.
    /// </summary>
    /// <param name="ct">Ends the sequence.</param>
    /// <returns>The changes, in order.</returns>
    public async IAsyncEnumerable<EnrollmentChange> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var change in await ScanAsync(ct))
        {
            yield return change;
        }

        yield return new EnrollmentChange(EnrollmentChangeKind.Synced, string.Empty, null);
        await foreach (var _ in _signals.Reader.ReadAllAsync(ct))
        {
            foreach (var change in await ScanAsync(ct))
            {
                yield return change;
            }
        }
    }

    /// <summary>Answers an enrolment; readers see either the old answer or the new one.</summary>
    /// <param name="status">The answer.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is on disk.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public async Task WriteStatusAsync(PodEnrollmentStatus status, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(status);
        var path = StatusPath(status.Uid);
        // A name that neither side looks at, unique so that two writers do not share it; then one atomic step.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(temporary, JsonSerializer.SerializeToUtf8Bytes(status, Json), ct);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Answers whose enrolments are gone: of pods that left while no proxy was there to let them go. Those without a namespace are of no use.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answers, as they were written.</returns>
    public async Task<IReadOnlyList<PodEnrollmentStatus>> ReadUnreleasedAsync(CancellationToken ct)
    {
        var found = new List<PodEnrollmentStatus>();
        foreach (var file in Directory.EnumerateFiles(Path, "*" + StatusSuffix))
        {
            try
            {
                if (!File.Exists(System.IO.Path.ChangeExtension(file, EnrollmentSuffix))
                    && JsonSerializer.Deserialize<PodEnrollmentStatus>(await File.ReadAllTextAsync(file, ct), Json) is { } status)
                {
                    found.Add(status);
                }
            }
            catch (Exception e) when (e is IOException or JsonException)
            {
                LogUnreadable(_log, System.IO.Path.GetFileName(file), e.Message);
            }
        }

        return found;
    }

    /// <summary>Removes an answer, when the pod is gone; removing one that is not there is no error.</summary>
    /// <param name="uid">The pod's UID.</param>
    public void RemoveStatus(string uid) => File.Delete(StatusPath(uid));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watcher.Dispose();
        await _timer.DisposeAsync();
        _signals.Writer.TryComplete();
    }

    /// <summary>Loses events from now on, as a watcher whose queue overflows does; for tests of the rescan.</summary>
    internal void StopEvents() => _watcher.EnableRaisingEvents = false;

    private static PodEnrollment Parse(string uid, string text)
    {
        PodEnrollment pod;
        try
        {
            pod = JsonSerializer.Deserialize<PodEnrollment>(text, Json) ?? throw new FormatException("the file holds null; write one JSON object");
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }

        if (pod.Uid != uid)
        {
            throw new FormatException($"uid is '{pod.Uid}'; it must be the file's name, '{uid}'");
        }

        if (pod.Addresses.IsDefaultOrEmpty)
        {
            throw new FormatException("addresses is empty; write the pod's addresses");
        }

        foreach (var address in pod.Addresses.Where(a => !System.Net.IPAddress.TryParse(a, out _)))
        {
            throw new FormatException($"addresses: '{address}' is not an IP address");
        }

        return pod;
    }

    private void OnEvent(object sender, FileSystemEventArgs change)
    {
        // Our own answers are not news.
        if (change is RenamedEventArgs || change.FullPath.EndsWith(EnrollmentSuffix, StringComparison.Ordinal))
        {
            Signal();
        }
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private string StatusPath(string uid)
    {
        ArgumentException.ThrowIfNullOrEmpty(uid);
        return uid.Contains('/', StringComparison.Ordinal) ? throw new ArgumentException($"'{uid}' is not a UID", nameof(uid)) : System.IO.Path.Combine(Path, uid + StatusSuffix);
    }

    private async Task<List<EnrollmentChange>> ScanAsync(CancellationToken ct)
    {
        var found = new HashSet<string>();
        var changes = new List<EnrollmentChange>();
        var isReadable = true;
        foreach (var file in Directory.EnumerateFiles(Path, "*" + EnrollmentSuffix).Order(StringComparer.Ordinal))
        {
            var uid = System.IO.Path.GetFileNameWithoutExtension(file);
            if (await ReadAsync(uid, file, ct) is { } text)
            {
                found.Add(uid);
                await CompareAsync(uid, text, changes, ct);
            }
            else
            {
                isReadable &= !File.Exists(file);
            }
        }

        foreach (var uid in _texts.Keys.Where(u => !found.Contains(u)).ToArray())
        {
            _texts.Remove(uid);
            if (_pods.Remove(uid))
            {
                changes.Add(new EnrollmentChange(EnrollmentChangeKind.Removed, uid, null));
            }
            else
            {
                RemoveStatus(uid);
            }
        }

        IsComplete = isReadable && _texts.Keys.All(_pods.ContainsKey);
        return changes;
    }

    private async Task<string?> ReadAsync(string uid, string file, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllTextAsync(file, ct);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not to be read is not to be gone: a pod that is released sends its traffic in the clear. It is tried again at the next scan.
            LogUnreadable(_log, uid, e.Message);
            return _texts.GetValueOrDefault(uid);
        }
    }

    private async Task CompareAsync(string uid, string text, List<EnrollmentChange> changes, CancellationToken ct)
    {
        if (_texts.TryGetValue(uid, out var known) && known == text)
        {
            return;
        }

        _texts[uid] = text;
        try
        {
            var pod = Parse(uid, text);
            var kind = _pods.ContainsKey(uid) ? EnrollmentChangeKind.Changed : EnrollmentChangeKind.Added;
            _pods[uid] = pod;
            changes.Add(new EnrollmentChange(kind, uid, pod));
        }
        catch (FormatException e)
        {
            // A pod that is captured stays as it was; a new one learns why it is not.
            LogMalformed(_log, uid, e.Message);
            if (!_pods.ContainsKey(uid))
            {
                await AnswerAsync(new PodEnrollmentStatus(uid, false, string.Empty, $"{uid}{EnrollmentSuffix}: {e.Message}"), ct);
            }
        }
    }

    // A full disk must not end the scan: what it has found so far would never be told.
    private async Task AnswerAsync(PodEnrollmentStatus status, CancellationToken ct)
    {
        try
        {
            await WriteStatusAsync(status, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotAnswered(_log, status.Uid, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Enrolment {Uid}.json is malformed: {Problem}")]
    private static partial void LogMalformed(ILogger log, string uid, string problem);

    [LoggerMessage(2, LogLevel.Warning, "Enrolment {Uid}.json cannot be read: {Problem}")]
    private static partial void LogUnreadable(ILogger log, string uid, string problem);

    [LoggerMessage(4, LogLevel.Warning, "{Directory} cannot be watched and is read every {Period} instead: {Problem}")]
    private static partial void LogBlind(ILogger log, string directory, TimeSpan period, string problem);

    [LoggerMessage(3, LogLevel.Warning, "The answer to enrolment {Uid} cannot be written: {Problem}")]
    private static partial void LogNotAnswered(ILogger log, string uid, string problem);
}
