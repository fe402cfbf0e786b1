using System.Text;
using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Proxy;

/// <summary>A mesh whose answers a test gives.</summary>
internal sealed class FakeMesh : IMeshAccess
{
    public Dictionary<(MeshPart Part, string Path), string> Answers { get; } = [];

    public List<(MeshPart Part, MeshRequest Request)> Asked { get; } = [];

    public string Manifests { get; init; } = "";

    public string Title => "mesh of a test";

    public string DefaultNamespace { get; init; } = "default";

    public IReadOnlyList<string> Nodes { get; init; } = ["node-1"];

    public IReadOnlyList<string> ControlPlanes { get; init; } = ["control-0"];

    public string RequireNode(string node) => node;

    public Task<string> AskAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add((part, request));
        }

        return Answers.TryGetValue((part, request.Path), out var answer) ? Task.FromResult(answer) : throw new ProxyQueryException($"{part.Who} cannot be asked {request.Path}");
    }

    public async Task<JsonElement> AskJsonAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken) =>
        JsonDocument.Parse(await AskAsync(part, request, cancellationToken)).RootElement;

    public async Task<Stream> OpenAsync(MeshPart part, MeshRequest request, CancellationToken cancellationToken) =>
        new MemoryStream(Encoding.UTF8.GetBytes(await AskAsync(part, request, cancellationToken)));

    public Task<ManifestSet> ReadResourcesAsync(CancellationToken cancellationToken) => Task.FromResult(ManifestReader.ReadText(Manifests, "cluster", new ManifestOptions { KeepInvalid = true }));

    public Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken) => AskJsonAsync(new MeshPart(MeshPort.Admin, node), MeshRequest.Get(path), cancellationToken);

    public Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken) => AskJsonAsync(new MeshPart(MeshPort.Control, ControlPlanes[0]), MeshRequest.Get(path), cancellationToken);

    public void Dispose()
    {
        // Nothing is held.
    }
}
