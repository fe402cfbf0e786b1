namespace NodeMesh.Local.Layout;

/// <summary>Where a local mesh keeps its files: <c>/run/nodemesh/NAME</c>, mode 0700.</summary>
/// <param name="name">The mesh's name.</param>
/// <param name="root">The directory of all meshes.</param>
public sealed class MeshLayout(MeshName name, string root = MeshLayout.DefaultRoot)
{
    /// <summary>The directory of all meshes.</summary>
    public const string DefaultRoot = "/run/nodemesh";

    /// <summary>The mesh's name.</summary>
    public MeshName Name => name;

    /// <summary>The directory of all meshes.</summary>
    public string Root => root;

    /// <summary>The mesh's directory.</summary>
    public string State => Path.Combine(root, name.Value);

    /// <summary>What <c>up</c> was asked for.</summary>
    public string Settings => Path.Combine(State, "mesh.json");

    /// <summary>Objects that were applied.</summary>
    public string Applied => Path.Combine(State, "manifests", "applied");

    /// <summary>Objects that the daemon makes: pods and nodes.</summary>
    public string Runtime => Path.Combine(State, "manifests", "runtime");

    /// <summary>Status of resources, written by the control plane.</summary>
    public string Status => Path.Combine(State, "status");

    /// <summary>The CA's keys and certificates.</summary>
    public string CertificateAuthority => Path.Combine(State, "ca");

    /// <summary>The root certificate that the control plane publishes.</summary>
    public string RootCertificate => Path.Combine(CertificateAuthority, "root-cert.pem");

    /// <summary>The map of token hashes, for the control plane.</summary>
    public string TokenMap => Path.Combine(State, "tokens.json");

    /// <summary>Logs of the daemon, the control plane, the proxies.</summary>
    public string Logs => Path.Combine(State, "logs");

    /// <summary>The daemon's API.</summary>
    public string Socket => Path.Combine(State, "daemon.sock");

    /// <summary>The daemon's process id.</summary>
    public string ProcessId => Path.Combine(State, "daemon.pid");

    /// <summary>The control plane's configuration.</summary>
    public string ControlConfig => Path.Combine(State, "control.json");

    /// <summary>Per-pod state: logs, volumes, container states.</summary>
    public string Pods => Path.Combine(State, "pods");

    /// <summary>A node's token.</summary>
    /// <param name="node">The node's name.</param>
    public string Token(string node) => Path.Combine(State, "tokens", node);

    /// <summary>A node's directory.</summary>
    /// <param name="node">The node's name.</param>
    public string Node(string node) => Path.Combine(State, "nodes", node);

    /// <summary>A node's proxy configuration.</summary>
    /// <param name="node">The node's name.</param>
    public string ProxyConfig(string node) => Path.Combine(Node(node), "proxy.json");

    /// <summary>Where pods are enrolled with a node's proxy.</summary>
    /// <param name="node">The node's name.</param>
    public string Enrollment(string node) => Path.Combine(Node(node), "pods");

    /// <summary>A pod's directory.</summary>
    /// <param name="uid">The pod's UID.</param>
    public string Pod(string uid) => Path.Combine(Pods, uid);

    /// <summary>The path that opens a network namespace by name.</summary>
    /// <param name="networkNamespace">Its name.</param>
    public static string NamespacePath(string networkNamespace) => $"/run/netns/{networkNamespace}";
}
