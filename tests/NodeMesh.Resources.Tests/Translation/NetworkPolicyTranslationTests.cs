using System.Globalization;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>What NetworkPolicies allow and refuse, read off the documentation of the API.</summary>
public sealed class NetworkPolicyTranslationTests
{
    // shop/web on n1 is what the policies of shop select. api: another label; db: same label and tier, other namespace (team=b); job: no label.
    private const string Pods = """
        apiVersion: v1
        kind: Node
        metadata: {name: n1}
        status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2}
        status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient, team: a}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: data, labels: {istio.io/dataplane-mode: ambient, team: b}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: plain}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web, tier: front}}
        spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}, {name: dns, containerPort: 5353}]}]}
        status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: api, namespace: shop, labels: {app: api, tier: back}}
        spec: {nodeName: n2, containers: [{name: c, ports: [{name: http, containerPort: 9090}]}]}
        status: {podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: job, namespace: shop}
        spec: {nodeName: n2, containers: [{name: c}]}
        status: {podIPs: [{ip: 10.0.0.3}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: data, labels: {app: web, tier: back}}
        spec: {nodeName: n2, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
        status: {podIPs: [{ip: 10.0.1.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: out, namespace: plain, labels: {app: api}}
        spec: {nodeName: n2, containers: [{name: c}]}
        status: {podIPs: [{ip: 10.0.2.1}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: host, namespace: shop, labels: {app: api, tier: back}}
        spec: {nodeName: n2, hostNetwork: true, containers: [{name: c}]}
        status: {podIPs: [{ip: 192.168.0.2}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: ended, namespace: shop, labels: {app: api, tier: back}}
        spec: {nodeName: n2, containers: [{name: c}]}
        status: {phase: Succeeded, podIPs: [{ip: 10.0.0.9}]}
        ---

        """;

    private const string Ingress = "to web -> ";

    // Sources of connections to shop/web: NAME or ADDRESS, and :PORT when it is not 8080.
    private const string All = "api job db out 192.168.0.2 203.0.113.7 10.0.0.9";

    [Theory]
    [InlineData("{}", "", All)]
    [InlineData("{podSelector: {}}", "", All)]
    [InlineData("{podSelector: {}, policyTypes: [Ingress]}", "", All)]
    [InlineData("{podSelector: {matchLabels: {app: api}}}", All, "")]
    [InlineData("{policyTypes: [Egress]}", All, "")]
    [InlineData("{policyTypes: [Egress], ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}", All, "")]
    [InlineData("{ingress: [{}]}", All, "")]
    [InlineData("{ingress: [{from: []}]}", All, "")]
    [InlineData("{egress: [{}]}", "", All)]
    [InlineData("{ingress: [{from: [{podSelector: {}}]}]}", "api job", "db out 192.168.0.2 203.0.113.7 10.0.0.9")]
    [InlineData("{ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}", "api", "job db out 192.168.0.2 10.0.0.9")]
    [InlineData("{ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api]}]}}]}]}", "job", "api db out")]
    [InlineData("{ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]}]}", "job", "api db out")]
    [InlineData("{ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: Exists}, {key: tier, operator: In, values: [back, x]}]}}]}]}", "api", "job db out")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {}}]}]}", "api job db out", "192.168.0.2 203.0.113.7 10.0.0.9")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]}", "db", "api job out")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: plain}}}]}]}", "out", "api job db")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}]}]}", "api out", "job db")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: api}}}]}]}", "", "api db out job")]
    [InlineData("{ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}, {podSelector: {matchLabels: {app: api}}}]}]}", "api db", "out job")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16}}]}]}", "api job db out 10.0.0.9", "203.0.113.7 192.168.0.2 fd00::2")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.1.0/24, 10.0.2.1/32]}}]}]}", "api job", "db out")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.1.0/24]}}, {namespaceSelector: {matchLabels: {team: b}}}]}]}", "api db", "203.0.113.7")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 'fd00::/64'}}]}]}", "fd00::2", "api fe80::1")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", All, "fd00::2")]
    [InlineData("{ingress: [{ports: [{port: 8080}]}]}", "api out 203.0.113.7", "api:8081 out:80")]
    [InlineData("{ingress: [{ports: [{protocol: TCP, port: 8080}]}]}", "api", "api:8081")]
    [InlineData("{ingress: [{ports: [{protocol: UDP, port: 8080}]}]}", "", "api")]
    [InlineData("{ingress: [{ports: [{protocol: SCTP}]}]}", "", "api")]
    [InlineData("{ingress: [{ports: [{protocol: TCP}]}]}", "api api:1", "")]
    [InlineData("{ingress: [{ports: [{port: http}]}]}", "api", "api:9090 api:80")]
    [InlineData("{ingress: [{ports: [{port: dns}]}]}", "api:5353", "api:53 api")]
    [InlineData("{ingress: [{ports: [{protocol: UDP, port: dns}]}]}", "", "api:5353 api:53")]
    [InlineData("{ingress: [{ports: [{port: nobody}]}]}", "", "api api:80")]
    [InlineData("{ingress: [{ports: [{port: 8000, endPort: 8080}]}]}", "api api:8000 api:8042", "api:7999 api:8081")]
    [InlineData("{ingress: [{ports: [{port: 80}, {port: 8080}]}]}", "api api:80", "api:81")]
    [InlineData("{ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}]}", "api", "api:80 job")]
    [InlineData("{ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}, {ports: [{port: 80}]}]}", "api api:80 job:80", "job")]
    public void Ingress_OfACase_AllowsExactlyWhatTheApiSays(string spec, string allowed, string refused)
    {
        var mesh = new Mesh(Pods + Policy(spec));

        mesh.Check(Ingress, allowed, refused);
    }

    // Destinations of connections from shop/web; the port is 8080 when it is not given.
    [Theory]
    [InlineData("{}", "api db 203.0.113.7", "")]
    [InlineData("{egress: []}", "api db 203.0.113.7", "")]
    [InlineData("{policyTypes: [Egress]}", "", "api db 203.0.113.7 192.168.0.2")]
    [InlineData("{policyTypes: [Ingress, Egress]}", "", "api db 203.0.113.7")]
    [InlineData("{egress: [{}]}", "api db 203.0.113.7", "")]
    [InlineData("{egress: [{to: [{podSelector: {}}]}]}", "api job", "db out 203.0.113.7")]
    [InlineData("{egress: [{to: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {tier: back}}}]}]}", "db", "api out")]
    [InlineData("{egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}", "203.0.113.7 192.168.0.2", "api db out 10.96.0.1")]
    [InlineData("{egress: [{ports: [{port: http}]}]}", "api:9090 db:8080", "api:8080 db:9090 203.0.113.7:8080 job")]
    [InlineData("{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}], ports: [{port: http}]}]}", "api:9090", "api:8080 10.0.0.9:9090")]
    [InlineData("{egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}]}", "api:53 203.0.113.7:53", "api:54")]
    [InlineData("{policyTypes: [Ingress], egress: [{ports: [{port: 53}]}]}", "api db", "")]
    public void Egress_OfACase_AllowsExactlyWhatTheApiSays(string spec, string allowed, string refused)
    {
        var mesh = new Mesh(Pods + Policy(spec));

        mesh.Check("web <- ", allowed, refused);
    }

    [Fact]
    public void Policies_OfOnePod_AllowWhatAnyOfThemAllows()
    {
        var mesh = new Mesh(Pods
            + Policy("{}", "deny-all")
            + Policy("{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}", "api")
            + Policy("{podSelector: {matchLabels: {tier: front}}, ingress: [{ports: [{port: 80}]}]}", "http")
            + Policy("{podSelector: {matchLabels: {app: api}}, ingress: [{}]}", "of-others"));

        mesh.Check(Ingress, "api job:80 203.0.113.7:80", "job 203.0.113.7");
        Assert.Equal("shop/api", mesh.Ingress("job", 8080).Policy.ToString());
    }

    [Fact]
    public void OwnNodeAndOneself_AreNeverRefused()
    {
        var mesh = new Mesh(Pods + Policy("{policyTypes: [Ingress, Egress]}"));

        mesh.Check(Ingress, "192.168.0.1 web fd00::1", "192.168.0.2");
        mesh.Check("web <- ", "192.168.0.1 web", "192.168.0.2");
    }

    [Fact]
    public void Policy_ThatHasNotArrived_RefusesUntilItDoes()
    {
        var mesh = new Mesh(Pods + Policy("{ingress: [{}]}"));
        var without = mesh.Model.Apply(new ModelChange { RemovedNetworkPolicies = [new NamespacedName("shop", "p")] });

        Assert.Equal(AuthorizationVerdict.NotSynced, NetworkAuthorizer.AuthorizeIngress(without, mesh.Workload("web"), IPAddress.Parse("10.0.0.2"), 80).Verdict);
        Assert.True(mesh.Ingress("api", 80).IsAllowed);
    }

    [Fact]
    public void PodOutsideTheMesh_IsPeerOnly()
    {
        var mesh = new Mesh(Pods + Policy("{ingress: [{from: [{namespaceSelector: {}}]}]}") + Policy("{}", "p", "plain"));

        Assert.Empty(mesh.Workload("out").NetworkPolicies);
        Assert.NotEmpty(mesh.Workload("out").NetworkGroups);
    }

    [Fact]
    public void Workloads_WithoutAnyPolicy_CarryNothing()
    {
        var mesh = new Mesh(Pods);

        Assert.All(mesh.Model.Workloads, w => Assert.True(w.NetworkPolicies.IsEmpty && w.NetworkGroups.IsEmpty && w.NamedPorts.IsEmpty));
    }

    [Fact]
    public void ChangedSelector_LeavesWorkloadsTheGroupsOfBeforeForOneChange()
    {
        var memory = new NetworkGroupMemory();
        string[] Groups(string pods, string policy) => [.. Translate(pods + policy, memory).Mesh.Workloads["Kubernetes//Pod/shop/api"].NetworkGroups];
        var one = Policy("{ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}");
        var two = Policy("{ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [api, db]}]}}]}]}");
        var three = Policy("{ingress: [{from: [{podSelector: {matchLabels: {tier: back}}}]}]}");

        var first = Groups(Pods, one);
        var second = Groups(Pods, two);
        var third = Groups(Pods, three);

        Assert.Single(first);
        Assert.Equal(2, second.Length);
        Assert.Contains(first[0], second);
        Assert.Equal(2, third.Length);
        Assert.DoesNotContain(first[0], third);
        Assert.Equal(third, Groups(Pods, three));
    }

    /// <summary>Compares the model, with its groups, to the API's rules applied to labels directly.</summary>
    [Fact]
    public void RandomPolicies_DecideAsTheRulesAppliedToLabels()
    {
        var random = new Random(7);
        for (var round = 0; round < 150; round++)
        {
            var reference = NetworkPolicyReference.Make(random);
            var mesh = new Mesh(reference.Manifests);
            foreach (var (from, to, port) in reference.Connections())
            {
                var expected = reference.Allows(from, to, port);
                var (source, destination) = (mesh.Model.FindWorkload(from)!, mesh.Model.FindWorkload(to)!);
                var actual = NetworkAuthorizer.AuthorizeEgress(mesh.Model, source, to, port).IsAllowed
                    && NetworkAuthorizer.AuthorizeIngress(mesh.Model, destination, from, port).IsAllowed;
                Assert.True(expected == actual, $"round {round}: {from} to {to}:{port} should be {(expected ? "allowed" : "refused")} by\n{reference.Manifests}");
            }
        }
    }

    private static string Policy(string spec, string name = "p", string ns = "shop") =>
        $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: {ns}}}\nspec: {spec}\n---\n";

    private static MeshTranslation Translate(string manifests, NetworkGroupMemory? memory = null)
    {
        var set = ManifestReader.ReadText(manifests, "in.yaml");
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        return MeshTranslator.Translate(new MeshSettings(), set.Documents, memory);
    }

    private sealed class Mesh
    {
        public Mesh(string manifests)
        {
            var mesh = Translate(manifests).Mesh;
            Model = MeshModel.Empty.Apply(new ModelChange
            {
                Workloads = [.. mesh.Workloads.Values],
                NetworkPolicies = [.. mesh.NetworkPolicies.Values],
                Nodes = [.. mesh.Nodes.Values],
            });
        }

        public MeshModel Model { get; }

        public Workload Workload(string pod) => Model.Workloads.Single(w => w.Name == pod);

        public AuthorizationResult Ingress(string source, int port) => NetworkAuthorizer.AuthorizeIngress(Model, Workload("web"), Address(source), port);

        public void Check(string direction, string allowed, string refused)
        {
            foreach (var (ends, expected) in new[] { (allowed, true), (refused, false) })
            {
                foreach (var end in ends.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    var port = end.Count(c => c == ':') == 1 ? int.Parse(end.Split(':')[1], CultureInfo.InvariantCulture) : 8080;
                    var name = end.Count(c => c == ':') == 1 ? end.Split(':')[0] : end;
                    var verdict = direction.EndsWith("-> ", StringComparison.Ordinal)
                        ? Ingress(name, port)
                        : NetworkAuthorizer.AuthorizeEgress(Model, Workload("web"), Address(name), port);
                    Assert.True(verdict.IsAllowed == expected, $"{direction}{end} should be {(expected ? "allowed" : "refused")}: {verdict.Explain()}");
                }
            }
        }

        private IPAddress Address(string end) => IPAddress.TryParse(end, out var address) ? address : Workload(end).Addresses[0];
    }
}
