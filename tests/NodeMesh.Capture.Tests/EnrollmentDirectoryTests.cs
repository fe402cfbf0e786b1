using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Model;
using NodeMesh.Testing;

namespace NodeMesh.Capture.Tests;

public sealed class EnrollmentDirectoryTests : IAsyncDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("nmt-enrol-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        Directory.Delete(_path, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 30_000)]
    public async Task Watch_TellsWhatIsThereThenWhatChanges()
    {
        Write("a", Pod("a", "one"));
        await using var directory = Open();
        await using var changes = directory.WatchAsync(_stop.Token).GetAsyncEnumerator();

        Assert.Equal((EnrollmentChangeKind.Added, "a"), await NextAsync(changes));
        Assert.Equal((EnrollmentChangeKind.Synced, string.Empty), await NextAsync(changes));
        Write("b", Pod("b", "two"));
        Assert.Equal((EnrollmentChangeKind.Added, "b"), await NextAsync(changes));
        Write("a", Pod("a", "renamed"));
        Assert.Equal((EnrollmentChangeKind.Changed, "a"), await NextAsync(changes));
        Assert.Equal("renamed", changes.Current.Pod!.Name);
        File.Delete(FileOf("b"));
        Assert.Equal((EnrollmentChangeKind.Removed, "b"), await NextAsync(changes));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{", "a.json")]
    [InlineData("{\"uid\":\"other\",\"name\":\"n\",\"namespace\":\"n\",\"serviceAccount\":\"s\",\"networkNamespace\":\"/x\",\"addresses\":[\"10.0.0.1\"]}", "uid is 'other'")]
    [InlineData("{\"uid\":\"a\",\"name\":\"n\",\"namespace\":\"n\",\"serviceAccount\":\"s\",\"networkNamespace\":\"/x\",\"addresses\":[\"nonsense\"]}", "'nonsense' is not an IP address")]
    [InlineData("{\"uid\":\"a\"}", "serviceAccount")]
    public async Task Watch_OfAMalformedFile_AnswersItAndGoesOn(string text, string problem)
    {
        WriteText("a", text);
        await using var directory = Open();
        await using var changes = directory.WatchAsync(_stop.Token).GetAsyncEnumerator();

        Assert.Equal((EnrollmentChangeKind.Synced, string.Empty), await NextAsync(changes));
        var status = JsonSerializer.Deserialize<PodEnrollmentStatus>(await File.ReadAllTextAsync(Path.Combine(_path, "a.status")), JsonSerializerOptions.Web)!;
        Assert.False(status.Captured);
        Assert.Contains(problem, status.Error, StringComparison.Ordinal);
        Write("a", Pod("a", "mended"));
        Assert.Equal((EnrollmentChangeKind.Added, "a"), await NextAsync(changes));
    }

    [Fact(Timeout = 30_000)]
    public async Task Watch_OfAFileThatCannotBeRead_DoesNotTakeItForGone()
    {
        Write("a", Pod("a", "one"));
        await using var directory = Open();
        await using var changes = directory.WatchAsync(_stop.Token).GetAsyncEnumerator();
        Assert.Equal((EnrollmentChangeKind.Added, "a"), await NextAsync(changes));
        Assert.Equal((EnrollmentChangeKind.Synced, string.Empty), await NextAsync(changes));

        // A link to itself is there and cannot be read, by root neither.
        File.CreateSymbolicLink(FileOf("a") + ".tmp", FileOf("a"));
        File.Move(FileOf("a") + ".tmp", FileOf("a"), overwrite: true);
        Write("b", Pod("b", "two"));

        Assert.Equal((EnrollmentChangeKind.Added, "b"), await NextAsync(changes));
        File.Delete(FileOf("a"));
        Assert.Equal((EnrollmentChangeKind.Removed, "a"), await NextAsync(changes));
    }

    [Fact(Timeout = 30_000)]
    public async Task Watch_WithoutAnEvent_FindsTheChangeAtTheNextRescan()
    {
        await using var directory = Open();
        await using var changes = directory.WatchAsync(_stop.Token).GetAsyncEnumerator();
        Assert.Equal((EnrollmentChangeKind.Synced, string.Empty), await NextAsync(changes));
        directory.StopEvents();
        Write("a", Pod("a", "one"));
        var next = NextAsync(changes);
        Assert.False(next.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((EnrollmentChangeKind.Added, "a"), await next);
    }

    [Fact(Timeout = 30_000)]
    public async Task WriteStatus_ReplacesTheOldOneAndLeavesNoOtherFile()
    {
        await using var directory = Open();
        await directory.WriteStatusAsync(new PodEnrollmentStatus("a", false, "iptables", "not yet"), _stop.Token);
        await directory.WriteStatusAsync(new PodEnrollmentStatus("a", true, "iptables", null), _stop.Token);

        var file = Assert.Single(Directory.EnumerateFiles(_path));
        Assert.Equal(
            new PodEnrollmentStatus("a", true, "iptables", null),
            JsonSerializer.Deserialize<PodEnrollmentStatus>(await File.ReadAllTextAsync(file), JsonSerializerOptions.Web));
        directory.RemoveStatus("a");
        Assert.Empty(Directory.EnumerateFiles(_path));
    }

    [Fact]
    public async Task WriteStatus_ForAnotherDirectory_IsRefused()
    {
        await using var directory = Open();

        await Assert.ThrowsAsync<ArgumentException>(() => directory.WriteStatusAsync(new PodEnrollmentStatus("../a", true, "iptables", null), _stop.Token));
    }

    private static PodEnrollment Pod(string uid, string name) => new()
    {
        Uid = uid,
        Name = name,
        Namespace = "shop",
        ServiceAccount = "default",
        NetworkNamespace = "/run/netns/x",
        Addresses = ["10.0.0.1"],
    };

    private static async Task<(EnrollmentChangeKind Kind, string Uid)> NextAsync(IAsyncEnumerator<EnrollmentChange> changes)
    {
        Assert.True(await changes.MoveNextAsync());
        return (changes.Current.Kind, changes.Current.Uid);
    }

    private EnrollmentDirectory Open() => new(_path, _time, NullLogger<EnrollmentDirectory>.Instance);

    private string FileOf(string uid) => Path.Combine(_path, uid + ".json");

    private void Write(string uid, PodEnrollment pod) => WriteText(uid, JsonSerializer.Serialize(pod, JsonSerializerOptions.Web));

    private void WriteText(string uid, string text)
    {
        var temporary = Path.Combine(_path, uid + ".tmp");
        File.WriteAllText(temporary, text);
        File.Move(temporary, FileOf(uid), overwrite: true);
    }
}
