using NodeMesh.Kubernetes.Authentication;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Authentication;

public sealed class ConfiguredCredentialsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TokenFile_IsReadAgainAfterTenSeconds()
    {
        var file = _folder.Write("token", "old\n");
        using var credentials = new ConfiguredCredentials(With(file), _clock);
        Assert.Equal("old", await TokenAsync(credentials));
        File.WriteAllText(file, "new");
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("old", await TokenAsync(credentials));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("new", await TokenAsync(credentials));
    }

    [Fact]
    public async Task RefusedToken_IsReadAgainAtOnce()
    {
        var file = _folder.Write("token", "old");
        using var credentials = new ConfiguredCredentials(With(file), _clock);
        var refused = await credentials.GetAsync(default);
        Assert.False(credentials.Invalidate(refused));
        File.WriteAllText(file, "new");
        Assert.True(credentials.Invalidate(refused));
        Assert.Equal("new", await TokenAsync(credentials));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task TokenFileBeingReplaced_LeavesTheLastToken(string? content)
    {
        var file = _folder.Write("token", "old");
        using var credentials = new ConfiguredCredentials(With(file), _clock);
        await TokenAsync(credentials);
        File.Delete(file);
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("old", await TokenAsync(credentials));
    }

    [Fact]
    public async Task MissingTokenFile_IsToldByName()
    {
        using var credentials = new ConfiguredCredentials(With("/nowhere/token"), _clock);
        var error = await Assert.ThrowsAsync<KubeConfigException>(async () => await credentials.GetAsync(default));
        Assert.Contains("/nowhere/token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UsernameAndPassword_MakeABasicHeader()
    {
        using var credentials = new ConfiguredCredentials(With(null) with { Username = "me", Password = "päss" }, _clock);
        Assert.Equal("Basic bWU6cMOkc3M=", (await credentials.GetAsync(default)).Authorization!.ToString());
    }

    private static KubernetesClientConfiguration With(string? file) => new() { Host = new Uri("https://x"), TokenFile = file };

    private static async Task<string?> TokenAsync(ConfiguredCredentials credentials) => (await credentials.GetAsync(default)).Authorization?.Parameter;
}
