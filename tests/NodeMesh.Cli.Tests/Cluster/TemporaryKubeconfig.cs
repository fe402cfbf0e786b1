namespace NodeMesh.Cli.Tests.Cluster;

/// <summary>A kubeconfig file that is gone with the test.</summary>
internal sealed class TemporaryKubeconfig : IDisposable
{
    public TemporaryKubeconfig(string server) => File.WriteAllText(Path, $$"""
        apiVersion: v1
        kind: Config
        current-context: c
        clusters:
        - name: c
          cluster:
            server: "{{server}}"
            insecure-skip-tls-verify: true
        users:
        - name: u
          user:
            token: t
        contexts:
        - name: c
          context:
            cluster: c
            user: u
        """);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"nodemesh-kubeconfig-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
