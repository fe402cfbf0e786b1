using System.Globalization;
using System.Text.Json;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Install;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Check;

/// <summary>Whether an installed mesh is well.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class MeshChecks(ClusterMesh mesh, TimeProvider time)
{
    private const string Control = "control plane";
    private const string Proxies = "node proxies";
    private const string Agents = "node agents";
    private const string Certificates = "certificates";

    /// <summary>Certificates are valid from a minute before they are issued; a clock that is wrong by more refuses them.</summary>
    private static readonly TimeSpan ClockLimit = TimeSpan.FromSeconds(30);

    /// <summary>Looks.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>What it found.</returns>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(CancellationToken ct)
    {
        var found = new List<CheckOutcome>
        {
            await RolloutAsync(Control, Rollout.Deployments, "nodemesh-control", ct),
            await VersionAsync(ct),
            await RolloutAsync(Proxies, Rollout.DaemonSets, "nodemesh-proxy", ct),
        };
        var (rows, controlError, troubles) = await ProxyStatusReport.CollectAsync(mesh, ct);
        found.Add(controlError is null ? CheckOutcome.Ok(Control, "answers") : CheckOutcome.Error(Control, "answers", controlError, $"kubectl -n {mesh.Namespace} logs deploy/nodemesh-control"));
        found.AddRange(troubles.Select(t => CheckOutcome.Warning(Control, "reads all kinds", t, "docs/operations.md says what holds meanwhile")));
        foreach (var row in rows)
        {
            found.AddRange(OfProxy(row));
        }

        found.AddRange(await Task.WhenAll(mesh.Nodes.Select(n => OfAgentAsync(n, ct))));
        found.AddRange(await new AuthorityChecks(mesh.Client, mesh.Namespace, time).AfterAsync(ct));
        foreach (var certificates in await Task.WhenAll(rows.Where(r => r.Error is null).Select(r => OfCertificatesAsync(r.Node, ct))))
        {
            found.AddRange(certificates);
        }

        return found;
    }

    private async Task<CheckOutcome> RolloutAsync(string category, KubernetesKind kind, string name, CancellationToken ct)
    {
        if (await mesh.Client.Resources(kind).InNamespace(mesh.Namespace).FindAsync(name, ct) is not { } workload)
        {
            return CheckOutcome.Error(category, $"{kind.Kind} {name}", "is not there", "nodemesh install");
        }

        var rollout = Rollout.Of(workload);
        var state = string.Create(CultureInfo.InvariantCulture, $"{rollout.Ready} of {rollout.Wanted} ready");
        return rollout.IsDone ? CheckOutcome.Ok(category, $"{kind.Kind} {name}", state)
            : CheckOutcome.Error(category, $"{kind.Kind} {name}", state, $"kubectl -n {mesh.Namespace} describe pods -l app={name}");
    }

    private async Task<CheckOutcome> VersionAsync(CancellationToken ct)
    {
        var installed = (await InstalledMesh.FindAsync(mesh.Client, mesh.Namespace, ct))?.Version ?? "unknown";
        return installed == VersionCommand.Own ? CheckOutcome.Ok(Control, "has this program's version", installed)
            : CheckOutcome.Warning(Control, "has this program's version", $"it has {installed}, this is {VersionCommand.Own}", "nodemesh upgrade, or use the program of the mesh's version");
    }

    /// <summary>An agent that is ready has its plugin in the node's CNI configuration, and knows the pods of its node.</summary>
    private async Task<CheckOutcome> OfAgentAsync(string node, CancellationToken ct)
    {
        try
        {
            await mesh.AskAsync(new MeshPart(MeshPort.Agent, node), MeshRequest.Get("/healthz/ready"), ct);
            return CheckOutcome.Ok(Agents, $"{node} is ready", "the CNI plugin is chained");
        }
        catch (ProxyQueryException e)
        {
            return CheckOutcome.Error(Agents, $"{node} is ready", e.Message, $"pods of that node that start wait for it: kubectl -n {mesh.Namespace} logs {mesh.PodOf(node)} -c agent");
        }
    }

    private IEnumerable<CheckOutcome> OfProxy(ProxyRow row)
    {
        if (row.Error is { } error)
        {
            yield return CheckOutcome.Error(Proxies, $"{row.Node} answers", error, "pods of that node in the mesh have no network while it is away");
            yield break;
        }

        yield return row.Ready
            ? CheckOutcome.Ok(Proxies, $"{row.Node} is ready", $"{row.CaptureMode}, {row.CapturedPods} of {row.Pods} pods captured")
            : CheckOutcome.Error(Proxies, $"{row.Node} is ready", string.Join("; ", row.Pending), "nodemesh proxy-status says more");
        if (row.Time is { } there && (there - time.GetUtcNow()).Duration() > ClockLimit)
        {
            var ahead = (there - time.GetUtcNow()).TotalSeconds;
            yield return CheckOutcome.Error(Proxies, $"{row.Node} has the right time", $"its clock is {JsonRead.Duration(Math.Abs(ahead))} {(ahead > 0 ? "ahead of" : "behind")} this machine's",
                "set the clock that is wrong (chrony, systemd-timesyncd): certificates are refused before their time and after");
        }

        // What the node's kernel lacks is not known before: only loading the programs tells.
        if (row.CaptureReason.StartsWith("eBPF", StringComparison.Ordinal))
        {
            yield return CheckOutcome.Warning(Proxies, $"{row.Node} captures by eBPF", $"{row.CaptureMode}: {row.CaptureReason}", "traffic is captured all the same, and costs more");
        }

        if (row.InKernelForwarding.StartsWith("off: ", StringComparison.Ordinal) && !row.InKernelForwarding.StartsWith("off: disabled", StringComparison.Ordinal))
        {
            yield return CheckOutcome.Warning(Proxies, $"{row.Node} forwards in the kernel", row.InKernelForwarding["off: ".Length..], "connections within the node go through the proxy");
        }

        if (row.CapturedPods < row.Pods)
        {
            yield return CheckOutcome.Warning(Proxies, $"{row.Node} captures all its pods", $"{row.CapturedPods} of {row.Pods}", $"nodemesh proxy-config pods {row.Node}");
        }

        if (row.Version != VersionCommand.Own)
        {
            yield return CheckOutcome.Warning(Proxies, $"{row.Node} has this program's version", $"it has {row.Version}, this is {VersionCommand.Own}", "nodemesh upgrade, or use the program of the mesh's version");
        }
    }

    private async Task<IEnumerable<CheckOutcome>> OfCertificatesAsync(string node, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var certificates = (await mesh.AskProxyAsync(node, "/certificates", ct)).EnumerateArray().ToList();
        var found = new List<CheckOutcome>();
        foreach (var certificate in certificates)
        {
            var identity = JsonRead.ShortIdentity(certificate.Text("identity"));
            if (certificate.Text("state") != "available")
            {
                found.Add(CheckOutcome.Error(Certificates, $"{node}: {identity}", $"{certificate.Text("state")} {certificate.Text("lastError")}".Trim(), "the proxy's log says why the CA refuses it"));
            }
            else if (Date(certificate, "notAfter") is { } end && end <= now)
            {
                found.Add(CheckOutcome.Error(Certificates, $"{node}: {identity}", $"ended {end:u}", "the control plane does not renew it: nodemesh proxy-status"));
            }
            else if (Date(certificate, "notBefore") is { } begin && begin - ClockLimit > now)
            {
                found.Add(CheckOutcome.Error(Certificates, $"{node}: {identity}", $"begins {begin:u}, and it is {now:u} here", "a clock is wrong: this machine's, the node's or the control plane's"));
            }
        }

        return found.Count > 0 ? found : [CheckOutcome.Ok(Certificates, node, string.Create(CultureInfo.InvariantCulture, $"{certificates.Count} valid"))];
    }

    private static DateTimeOffset? Date(JsonElement certificate, string field) =>
        DateTimeOffset.TryParse(certificate.Text(field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
