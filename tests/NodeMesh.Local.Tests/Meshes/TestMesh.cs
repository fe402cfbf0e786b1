using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeMesh.Local.Client;
using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Tests.Meshes;

/// <summary>A local mesh without proxies, driven by the command line as a user does.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public TestMesh(string suffix) =>
        Layout = new MeshLayout(MeshName.Parse(string.Create(CultureInfo.InvariantCulture, $"nmt-{Environment.ProcessId}-{suffix}")));

    public MeshLayout Layout { get; }

    public string Name => Layout.Name.Value;

    public static string Manifest(string name) => Path.Combine(AppContext.BaseDirectory, "Meshes", name);

    public static Task<CommandRun> NodeMeshAsync(params string[] arguments) => RunAsync(null, arguments);

    public Task<CommandRun> UpAsync(params string[] arguments) =>
        LocalAsync("up", ["--no-mesh", "--timeout", "90s", "--image", "echo=socat TCP6-LISTEN:8080,fork,reuseaddr,ipv6only=0", .. arguments]);

    public Task<CommandRun> LocalAsync(string command, params string[] arguments) => RunAsync(null, ["local", command, "--name", Name, .. arguments]);

    public Task<CommandRun> ExecAsync(string pod, params string[] command) => LocalAsync("exec", ["-n", "apps", pod, "--", .. command]);

    public Task<CommandRun> ShellAsync(string pod, string script) => ExecAsync(pod, "sh", "-c", script);

    public Task<CommandRun> ExecWithInputAsync(string pod, string input, params string[] command) =>
        RunAsync(input, ["local", "exec", "--name", Name, "-n", "apps", pod, "--", .. command]);

    public async Task<JsonNode> GetAsync(string kind, string name) =>
        JsonNode.Parse((await LocalAsync("get", kind, name, "-n", "apps", "-o", "json")).Expect())!;

    public async Task<JsonNode[]> PodsAsync(string app)
    {
        var list = JsonNode.Parse((await LocalAsync("get", "pods", "-n", "apps", "-o", "json")).Expect())!;
        return [.. list["items"]!.AsArray().Select(p => p!).Where(p => (string?)p["metadata"]!["labels"]?["app"] == app)];
    }

    public async Task<CommandRun> ApplyAsync(string yaml)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Name}-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, yaml);
        try
        {
            return await LocalAsync("apply", "-f", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Asks again until the answer is as wanted.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline, $"{what}: last answer {answer}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync() => await new MeshRemover(Layout, TimeProvider.System).RemoveAsync(CancellationToken.None);

    private static async Task<CommandRun> RunAsync(string? input, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nodemesh"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return new CommandRun(string.Join(' ', arguments), process.ExitCode, await output, await error);
    }
}
