using System.CommandLine;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Cli.Cluster;

/// <summary>The options by which a command finds its cluster, as kubectl has them.</summary>
internal sealed class ClusterOptions
{
    /// <summary>The namespace of the mesh, unless it is given.</summary>
    public const string DefaultNamespace = "nodemesh-system";

    private readonly Option<string?> _kubeconfig = new("--kubeconfig", "-c") { Description = "The kubeconfig file; $KUBECONFIG or ~/.kube/config when missing." };
    private readonly Option<string?> _context = new("--context") { Description = "A context of it; its current one when missing." };
    private readonly Option<string> _namespace;

    /// <summary>Makes the options.</summary>
    /// <param name="isOfMeshAlone">The command is about the mesh's own parts and no other namespace: <c>-n</c> names theirs, as Helm's users write it.</param>
    public ClusterOptions(bool isOfMeshAlone = false) => _namespace = MeshNamespace(isOfMeshAlone);

    /// <summary>Makes the option that names the mesh's namespace.</summary>
    /// <param name="isOfMeshAlone">With <c>-n</c>.</param>
    public static Option<string> MeshNamespace(bool isOfMeshAlone) => new("--mesh-namespace", isOfMeshAlone ? ["-i", "--namespace", "-n"] : ["-i"])
    {
        Description = "The namespace of the mesh's own parts.",
        DefaultValueFactory = _ => DefaultNamespace,
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_kubeconfig);
        command.Add(_context);
        command.Add(_namespace);
    }

    /// <summary>Whether the command line names a cluster.</summary>
    /// <param name="result">The command line.</param>
    public bool AreGiven(ParseResult result) => result.GetValue(_kubeconfig) is not null || result.GetValue(_context) is not null;

    /// <summary>Whether there is a kubeconfig without one being named.</summary>
    public static bool HasDefault() =>
        Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 }
        || File.Exists(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config"))
        || KubernetesClientConfiguration.IsInCluster();

    /// <summary>The mesh's namespace.</summary>
    /// <param name="result">The command line.</param>
    public string Namespace(ParseResult result) => result.GetValue(_namespace) ?? DefaultNamespace;

    /// <summary>Connects; nothing is asked yet.</summary>
    /// <param name="result">The command line.</param>
    /// <returns>The client.</returns>
    /// <exception cref="KubeConfigException">There is no kubeconfig, or it cannot be used.</exception>
    public KubernetesClient Connect(ParseResult result) => new(
        KubernetesClientConfiguration.BuildDefaultConfig(result.GetValue(_kubeconfig), result.GetValue(_context)),
        new KubernetesClientOptions { UserAgent = "nodemesh-cli", FieldManager = "nodemesh" });
}
