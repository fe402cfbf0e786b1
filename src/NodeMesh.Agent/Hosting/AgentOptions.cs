using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Agent.Hosting;

/// <summary>What the agent is told on its command line.</summary>
internal sealed record AgentOptions
{
    /// <summary>The node's name; NODE_NAME of the environment unless it is given.</summary>
    public required string Node { get; init; }

    /// <summary>The file that says where the API server is; null: that of the pod the agent runs in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>What agent, proxy and CNI plugin share; enrolments are in <c>enrollments</c> below it.</summary>
    public string RunDirectory { get; init; } = "/var/run/nodemesh";

    /// <summary>Where runtimes keep pods' network namespaces.</summary>
    public string NamespaceDirectory { get; init; } = "/var/run/netns";

    /// <summary>The host's directory of CNI plugins.</summary>
    public string CniBinDirectory { get; init; } = "/host/opt/cni/bin";

    /// <summary>The host's directory of CNI configurations.</summary>
    public string CniConfDirectory { get; init; } = "/host/etc/cni/net.d";

    /// <summary>The directory of sockets as the host sees it; the plugin runs there.</summary>
    public string HostRunDirectory { get; init; } = "/var/run/nodemesh";

    /// <summary>Namespaces whose pods start also while the agent is away.</summary>
    public ImmutableArray<string> ExcludeNamespaces { get; init; } = ["kube-system", "nodemesh-system"];

    /// <summary>The agent's own namespace; POD_NAMESPACE of the environment unless it is given.</summary>
    public string MeshNamespace { get; init; } = "nodemesh-system";

    /// <summary>The DaemonSet that the agent belongs to: when that is gone, the agent cleans up as it ends.</summary>
    public string DaemonSet { get; init; } = "nodemesh-proxy";

    /// <summary>Where readiness is told.</summary>
    public IPEndPoint ReadinessListen { get; init; } = new(IPAddress.Any, 15022);

    /// <summary>Where the node proxy tells its own.</summary>
    public IPEndPoint ProxyReadiness { get; init; } = new(IPAddress.Loopback, 15021);

    /// <summary>The name under which the proxy pins eBPF capture: the node's, as for the proxy.</summary>
    public string? CaptureName { get; init; }

    /// <summary>How long the start of a pod waits for its capture.</summary>
    public TimeSpan CaptureTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>False leaves CNI alone: pods are captured a moment after they have started.</summary>
    public bool InstallCni { get; init; } = true;

    /// <summary>False leaves health probes to whoever else takes care of them.</summary>
    public bool ProbeRules { get; init; } = true;

    /// <summary>The least level that is logged.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>text</c> or <c>json</c>.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>The directory that the proxy watches.</summary>
    public string EnrollmentDirectory => Path.Combine(RunDirectory, "enrollments");

    /// <summary>The agent's socket.</summary>
    public string Socket => Path.Combine(RunDirectory, "agent.sock");

    /// <summary>The agent's socket as the plugin sees it.</summary>
    public string HostSocket => Path.Combine(HostRunDirectory, "agent.sock");
}
