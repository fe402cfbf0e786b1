namespace NodeMesh.EndToEnd;

/// <summary>A mesh whose services speak HTTP: for the tests of requests, each with a route of its own that it takes back.</summary>
public sealed class HttpMesh : IAsyncLifetime
{
    internal TestMesh Mesh { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Mesh = await TestMesh.UpAsync($"{TestMesh.Prefix}-http", "http.yaml");

    public async ValueTask DisposeAsync()
    {
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }
    }

    /// <summary>A request of the client's to <c>books</c>: the status, the service that answered, and one header of the answer.</summary>
    internal Task<string> CallAsync(string path, params string[] options) => CallHostAsync("books.web", path, options);

    /// <summary>The same to any host.</summary>
    internal async Task<string> CallHostAsync(string host, string path, params string[] options)
    {
        var result = await Mesh.ExecAsync("web/client", ["curl", "-s", "-m", "20", "-w", "|%{http_code} %{header_json}", .. options, $"http://{host}{path}"]);
        if (result.ExitCode != 0)
        {
            return $"exit {result.ExitCode}";
        }

        // The services' answers have no bar.
        var (body, end) = result.Expect().Split('|', 2) is [var first, var second] ? (first, second) : throw new FormatException(result.Output);
        var headers = System.Text.Json.Nodes.JsonNode.Parse(end[4..])!;
        var service = body.StartsWith('{') ? System.Text.Json.Nodes.JsonNode.Parse(body)!["service"]!.GetValue<string>() : "-";
        return $"{end[..3]} {service} {(headers["x-seen"] ?? headers["location"])?[0]?.GetValue<string>() ?? "-"}";
    }
}
