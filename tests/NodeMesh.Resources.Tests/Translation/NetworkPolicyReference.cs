using System.Globalization;
using System.Net;
using System.Text;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>Random pods and NetworkPolicies, as manifests, and what they mean: the API's sentences in the simplest code.</summary>
internal sealed class NetworkPolicyReference
{
    private static readonly string[] Namespaces = ["a", "b", "c"];
    private readonly List<Pod> _pods = [];
    private readonly List<Policy> _policies = [];

    public string Manifests { get; private set; } = "";

    public static NetworkPolicyReference Make(Random random)
    {
        var made = new NetworkPolicyReference();
        var text = new StringBuilder();
        foreach (var ns in Namespaces)
        {
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {ns}, labels: {{istio.io/dataplane-mode: ambient, x: n{ns}}}}}\n---\n");
        }

        for (var i = 0; i < 6; i++)
        {
            var pod = new Pod(Namespaces[random.Next(3)], $"x{random.Next(3)}", IPAddress.Parse($"10.0.{random.Next(2)}.{i + 1}"), 80 + random.Next(2));
            made._pods.Add(pod);
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}, namespace: {pod.Namespace}, labels: {{x: {pod.Label}}}}}\n");
            text.Append(CultureInfo.InvariantCulture, $"spec: {{containers: [{{name: c, ports: [{{name: web, containerPort: {pod.Web}}}]}}]}}\nstatus: {{podIPs: [{{ip: {pod.Address}}}]}}\n---\n");
        }

        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var policy = new Policy(
                Namespaces[random.Next(3)], Label(random), random.Next(4), [.. Rules(random)], [.. Rules(random)]);
            made._policies.Add(policy);
            text.Append(CultureInfo.InvariantCulture, $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{i}, namespace: {policy.Namespace}}}\nspec:\n");
            text.Append(CultureInfo.InvariantCulture, $"  podSelector: {Selector(policy.Select, "x")}\n  policyTypes: [{policy.Types}]\n");
            text.Append(CultureInfo.InvariantCulture, $"  ingress: [{string.Join(", ", policy.Ingress.Select(r => r.Yaml("from")))}]\n  egress: [{string.Join(", ", policy.Egress.Select(r => r.Yaml("to")))}]\n---\n");
        }

        made.Manifests = text.ToString();
        return made;
    }

    public IEnumerable<(IPAddress From, IPAddress To, int Port)> Connections() =>
        from a in _pods from b in _pods from port in new[] { 79, 80, 81, 82 } select (a.Address, b.Address, port);

    public bool Allows(IPAddress from, IPAddress to, int port)
    {
        var (source, destination) = (_pods.Single(p => p.Address.Equals(from)), _pods.Single(p => p.Address.Equals(to)));
        if (source == destination)
        {
            return true;
        }

        var egress = _policies.Where(p => p.IsolatesEgress && p.Selects(source)).ToList();
        var ingress = _policies.Where(p => p.IsolatesIngress && p.Selects(destination)).ToList();
        return (egress.Count == 0 || egress.Any(p => p.Egress.Any(r => r.Allows(p.Namespace, destination, destination, port))))
            && (ingress.Count == 0 || ingress.Any(p => p.Ingress.Any(r => r.Allows(p.Namespace, source, destination, port))));
    }

    private static IEnumerable<Rule> Rules(Random random)
    {
        for (var i = random.Next(3); i > 0; i--)
        {
            yield return new Rule([.. Enumerable.Range(0, random.Next(3)).Select(_ => new Peer(random.Next(4), Label(random), Label(random)))], random.Next(5));
        }
    }

    // Null: an empty selector.
    private static string? Label(Random random) => random.Next(4) is var n and < 3 ? $"x{n}" : null;

    private static string Selector(string? label, string key) => label is null ? "{}" : $"{{matchLabels: {{{key}: {label}}}}}";

    private sealed record Pod(string Namespace, string Label, IPAddress Address, int Web);

    private sealed record Policy(string Namespace, string? Select, int Kind, List<Rule> Ingress, List<Rule> Egress)
    {
        public string Types => Kind switch { 0 => "Ingress", 1 => "Egress", 2 => "Ingress, Egress", _ => "" };

        public bool IsolatesIngress => Kind != 1;

        public bool IsolatesEgress => Kind is 1 or 2 || (Kind == 3 && Egress.Count > 0);

        public bool Selects(Pod pod) => pod.Namespace == Namespace && (Select is null || Select == pod.Label);
    }

    private sealed record Rule(List<Peer> Peers, int Ports)
    {
        public string Yaml(string field)
        {
            var ports = Ports switch
            {
                0 => "[]",
                1 => "[{port: 80}]",
                2 => "[{port: web}, {port: 82, protocol: UDP}]",
                3 => "[{port: 81, endPort: 82}]",
                _ => "[{protocol: UDP}, {port: 79}]",
            };
            return $"{{{field}: [{string.Join(", ", Peers.Select(p => p.Yaml()))}], ports: {ports}}}";
        }

        public bool Allows(string ns, Pod other, Pod destination, int port)
        {
            var byPort = Ports switch { 0 => true, 1 => port == 80, 2 => port == destination.Web, 3 => port is 81 or 82, _ => port == 79 };
            return byPort && (Peers.Count == 0 || Peers.Any(p => p.Has(ns, other)));
        }
    }

    private sealed record Peer(int Kind, string? PodLabel, string? NamespaceLabel)
    {
        private string? Team => NamespaceLabel?.Replace('x', 'n').Replace('0', 'a').Replace('1', 'b').Replace('2', 'c');

        public string Yaml() => Kind switch
        {
            0 => $"{{podSelector: {Selector(PodLabel, "x")}}}",
            1 => $"{{namespaceSelector: {Selector(Team, "x")}}}",
            2 => $"{{namespaceSelector: {Selector(Team, "x")}, podSelector: {Selector(PodLabel, "x")}}}",
            _ => "{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.1.0/24]}}",
        };

        public bool Has(string ns, Pod pod)
        {
            var podFits = PodLabel is null || PodLabel == pod.Label;
            var namespaceFits = Team is null || Team == $"n{pod.Namespace}";
            return Kind switch
            {
                0 => pod.Namespace == ns && podFits,
                1 => namespaceFits,
                2 => namespaceFits && podFits,
                _ => pod.Address.GetAddressBytes()[2] == 0,
            };
        }
    }
}
