using System.Globalization;
using System.Net;

namespace NodeMesh.Agent.Hosting;

/// <summary>Reads the command line.</summary>
internal static class AgentCommandLine
{
    /// <summary>How the program is called.</summary>
    public const string Usage = """
        usage: nodemesh-agent run [OPTION VALUE]...        enrols the pods of a node, and answers its CNI plugin
               nodemesh-agent uninstall [OPTION VALUE]...  removes what it has put on the host, and ends all capture

          --node NAME                     the node (NODE_NAME)
          --in-cluster                    the API server of the pod it runs in (the default)
          --kubeconfig FILE               another one
          --run-directory DIR             shared with the proxy (/var/run/nodemesh)
          --host-run-directory DIR        the same as the host sees it (/var/run/nodemesh)
          --namespace-directory DIR       where the runtime keeps network namespaces (/var/run/netns)
          --cni-bin-directory DIR         /host/opt/cni/bin
          --cni-conf-directory DIR        /host/etc/cni/net.d
          --install-cni true|false        false: leave CNI alone (true)
          --probe-rules true|false        false: leave health probes alone (true)
          --exclude-namespaces A,B        whose pods start without the agent too (kube-system,nodemesh-system)
          --mesh-namespace NAME           the agent's own (POD_NAMESPACE, else nodemesh-system)
          --daemon-set NAME               the agent's own (nodemesh-proxy)
          --readiness-listen ADDRESS:PORT 0.0.0.0:15022
          --proxy-readiness ADDRESS:PORT  127.0.0.1:15021
          --capture-name NAME             as the proxy's captureName (the node's name)
          --capture-timeout SECONDS       how long a pod's start waits for its capture (20)
          --log-level LEVEL               trace, debug, info, warn, error (info)
          --log-format FORMAT             text or json (text)
        """;

    /// <summary>Reads what follows the verb.</summary>
    /// <param name="args">Options and their values.</param>
    /// <param name="environment">The environment.</param>
    /// <returns>The options.</returns>
    /// <exception cref="AgentOptionsException">An option is unknown, has no value or a wrong one, or the node is not named.</exception>
    public static AgentOptions Parse(ReadOnlySpan<string> args, Func<string, string?> environment)
    {
        var options = new AgentOptions
        {
            Node = environment("NODE_NAME") ?? string.Empty,
            MeshNamespace = environment("POD_NAMESPACE") is { Length: > 0 } own ? own : "nodemesh-system",
        };
        while (args is [var name, .. var rest])
        {
            if (name == "--in-cluster")
            {
                args = rest;
                continue;
            }

            if (rest is not [var value, ..])
            {
                throw new AgentOptionsException($"{name}: needs a value; nodemesh-agent --help lists the options");
            }

            options = Set(options, name, value);
            args = rest[1..];
        }

        return options.Node.Length > 0 ? options : throw new AgentOptionsException("--node: is missing; give the node's name, or set NODE_NAME");
    }

    private static AgentOptions Set(AgentOptions options, string name, string value) => name switch
    {
        "--node" => options with { Node = value },
        "--kubeconfig" => options with { Kubeconfig = value },
        "--run-directory" => options with { RunDirectory = value },
        "--host-run-directory" => options with { HostRunDirectory = value },
        "--namespace-directory" => options with { NamespaceDirectory = value },
        "--cni-bin-directory" => options with { CniBinDirectory = value },
        "--cni-conf-directory" => options with { CniConfDirectory = value },
        "--install-cni" => options with { InstallCni = Flag(name, value) },
        "--probe-rules" => options with { ProbeRules = Flag(name, value) },
        "--exclude-namespaces" => options with { ExcludeNamespaces = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] },
        "--mesh-namespace" => options with { MeshNamespace = value },
        "--daemon-set" => options with { DaemonSet = value },
        "--readiness-listen" => options with { ReadinessListen = EndPoint(name, value) },
        "--proxy-readiness" => options with { ProxyReadiness = EndPoint(name, value) },
        "--capture-name" => options with { CaptureName = value },
        "--capture-timeout" => options with { CaptureTimeout = Seconds(name, value) },
        "--log-level" => options with { LogLevel = OneOf(name, value, "trace", "debug", "info", "warn", "error") },
        "--log-format" => options with { LogFormat = OneOf(name, value, "text", "json") },
        _ => throw new AgentOptionsException($"{name}: is not an option; nodemesh-agent --help lists them"),
    };

    private static bool Flag(string name, string value) => OneOf(name, value, "true", "false") == "true";

    private static string OneOf(string name, string value, params string[] allowed) =>
        allowed.Contains(value, StringComparer.Ordinal) ? value : throw new AgentOptionsException($"{name}: '{value}' is none of {string.Join(", ", allowed)}");

    private static IPEndPoint EndPoint(string name, string value) =>
        IPEndPoint.TryParse(value, out var endPoint) && endPoint.Port > 0 ? endPoint : throw new AgentOptionsException($"{name}: '{value}' is not ADDRESS:PORT, such as 127.0.0.1:15021");

    // The plugin waits 90 s.
    private static TimeSpan Seconds(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 60
            ? TimeSpan.FromSeconds(seconds)
            : throw new AgentOptionsException($"{name}: '{value}' is not a number of seconds from 1 to 60");
}
