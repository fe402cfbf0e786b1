using System.Xml.Linq;

namespace NodeMesh.Architecture.Tests;

/// <summary>Reads the project files: each room may reference only the rooms that the design puts below it.</summary>
public sealed class RoomDependencyTests
{
    /// <summary>The arrows that the design allows; what a room may use it may use through another room as well.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Cli"] = ["Charts", "Local", "Control", "Kubernetes", "Discovery", "Identity", "Resources", "Model", "Linux", "Dns", "Grpc", "Metrics"],
        ["Charts"] = ["Resources"],
        ["Local"] = ["Control", "Linux", "Resources", "Dns"],
        ["Agent"] = ["Kubernetes", "Capture", "Linux", "Resources", "Model"],
        ["Control"] = ["Discovery", "Identity", "Resources", "Kubernetes", "Grpc", "Metrics", "Linux"],
        ["Proxy"] = ["Capture", "Tunnel", "Discovery", "Identity", "Grpc", "Dns", "Metrics"],
        ["Capture"] = ["Linux", "Model"],
        ["Tunnel"] = ["Identity", "Linux"],
        ["Discovery"] = ["Model", "Grpc"],
        ["Resources"] = ["Model"],
        ["Identity"] = ["Model"],
        ["Kubernetes"] = [],
        ["Grpc"] = [],
        ["Dns"] = [],
        ["Metrics"] = [],
        ["Model"] = [],
        ["Linux"] = [],
    };

    public static TheoryData<string> Rooms() => [.. Directory.EnumerateDirectories(Source()).Select(d => Path.GetFileName(d)["NodeMesh.".Length..])];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_ReferencesOnlyRoomsBelowIt(string room)
    {
        Assert.True(Allowed.TryGetValue(room, out var allowed), $"NodeMesh.{room} is not in the design: give it a place in the table above");
        var upward = References(ProjectOf(room)).Except(allowed).ToList();
        Assert.True(upward.Count == 0, $"NodeMesh.{room} must not reference {string.Join(", ", upward)}");
    }

    [Fact]
    public void DesignTable_HasNoCycle()
    {
        foreach (var room in Allowed.Keys)
        {
            Assert.DoesNotContain(room, Below(room, []));
        }
    }

    [Fact]
    public void References_OfARoomThatUsesOthers_AreFound() => Assert.Contains("Linux", References(ProjectOf("Capture")));

    [Fact]
    public void Solution_HasEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Root(), "NodeMesh.sln"));
        var projects = new[] { "src", "tests", "bench", "deploy" }
            .Select(d => Path.Combine(Root(), d))
            .Where(Directory.Exists)
            .SelectMany(d => Directory.EnumerateFiles(d, "*.csproj", SearchOption.AllDirectories));
        Assert.All(projects, p => Assert.Contains(Path.GetFileName(p), solution, StringComparison.Ordinal));
    }

    private static HashSet<string> Below(string room, HashSet<string> seen)
    {
        foreach (var below in Allowed[room].Where(seen.Add))
        {
            Below(below, seen);
        }

        return seen;
    }

    private static List<string> References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))["NodeMesh.".Length..])];

    private static string ProjectOf(string room) => Path.Combine(Source(), $"NodeMesh.{room}", $"NodeMesh.{room}.csproj");

    private static string Source() => Path.Combine(Root(), "src");

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("NodeMesh.sln is above no folder of the test's binaries");
    }
}
