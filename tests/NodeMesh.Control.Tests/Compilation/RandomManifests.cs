using NodeMesh.Resources.Manifests;

namespace NodeMesh.Control.Tests.Compilation;

/// <summary>A small mesh that changes at random, as a source reads it: what did not change is the same document.</summary>
internal sealed class RandomManifests(int seed)
{
    private const int Pods = 12;
    private static readonly string[] Namespaces = ["shop", "bank", "istio-system"];
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, ManifestDocument> _documents = new(StringComparer.Ordinal);

    /// <summary>The documents of now.</summary>
    public IReadOnlyCollection<ManifestDocument> Documents => [.. _documents.Values];

    /// <summary>Adds, changes or removes one resource; most often a pod, as on a cluster.</summary>
    /// <returns>What it was, for whoever reads of a failure.</returns>
    public string Change()
    {
        var pod = _random.Next(10) < 7;
        var number = pod ? _random.Next(Pods) : _random.Next(24);
        var slot = pod ? $"pod-{number}" : $"other-{number:D2}";
        if (_random.Next(6) == 0)
        {
            return _documents.Remove(slot) ? $"removed {slot}" : "nothing";
        }

        var text = pod ? Pod(number) : Other(number);
        var set = ManifestReader.ReadText(text, "in.yaml");
        _documents[slot] = set.Documents is [var document] ? document : throw new InvalidOperationException($"{text}\n{string.Join('\n', set.Findings)}");
        return text;
    }

    private string Pick(params string[] of) => of[_random.Next(of.Length)];

    private string Namespace() => Pick(Namespaces);

    // One slot has one name, so that no resource is there twice; addresses are few, so that pods get each other's.
    private string Pod(int number) =>
        $"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: {Namespaces[number % 3]}, creationTimestamp: '2026-01-01T00:00:{_random.Next(10, 60)}Z', labels: {{app: {Pick("a", "b", "c")}, version: {Pick("v1", "v2")}{Pick("", "", ", istio.io/dataplane-mode: none", ", istio.io/dataplane-mode: ambient")}}}}}\n"
        + $"spec: {{nodeName: {Pick("n1", "n2", "n3")}, serviceAccountName: {Pick("x", "y", "default")}, hostNetwork: {Pick("false", "false", "false", "true")}, containers: [{{name: c, ports: [{{name: http, containerPort: {Pick("8080", "9090")}}}]}}]}}\n"
        + $"status: {{phase: {Pick("Running", "Running", "Running", "Succeeded")}{Pick("", ", podIP: 10.244.0.1", $", podIP: 10.244.0.{_random.Next(1, 20)}", $", podIP: 10.244.0.{_random.Next(1, 20)}", $", podIP: 'fd00::{_random.Next(1, 5)}'")}, conditions: [{{type: Ready, status: '{Pick("True", "True", "False")}'}}]}}\n";

    private string Other(int number) => number switch
    {
        < 3 => $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {Namespaces[number]}, labels: {{team: {Pick("t1", "t2")}{Pick("", ", istio.io/dataplane-mode: ambient", ", istio.io/dataplane-mode: ambient")}}}}}\n",
        < 5 => $"apiVersion: v1\nkind: Node\nmetadata: {{name: n{number - 2}, labels: {{topology.kubernetes.io/zone: {Pick("z1", "z2")}}}}}\nstatus: {{addresses: [{{type: InternalIP, address: {Pick("172.20.0.1", "172.20.0.2", "'fd01::1'")}}}]}}\n",
        < 9 => $"apiVersion: v1\nkind: Service\nmetadata: {{name: s{number}, namespace: {Namespaces[number % 3]}}}\nspec: {{clusterIP: 10.96.0.{number}{Pick("", ", selector: {app: a}", ", selector: {app: b}", ", selector: {version: v1}")}, ports: [{{port: 80, targetPort: {Pick("http", "8080")}}}]}}\n",
        < 11 => $"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: e{number}, namespace: {Namespaces[(number - 4) % 3]}, labels: {{kubernetes.io/service-name: s{number - 4}}}}}\naddressType: IPv4\nports: [{{port: 8080}}]\nendpoints: [{{addresses: [10.244.0.{_random.Next(1, 20)}], conditions: {{ready: {Pick("true", "false")}}}}}]\n",
        < 14 => $"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: np{number}, namespace: {Namespaces[number % 3]}}}\nspec: {{podSelector: {{matchLabels: {{app: {Pick("a", "b")}}}}}, ingress: [{{from: [{{podSelector: {{matchLabels: {{version: {Pick("v1", "v2")}}}}}}}, {{namespaceSelector: {{matchLabels: {{team: {Pick("t1", "t2")}}}}}}}], ports: [{{port: {Pick("http", "8080")}}}]}}]}}\n",
        < 17 => $"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: ap{number}, namespace: {Namespaces[number % 3]}}}\nspec: {{action: {Pick("ALLOW", "DENY")}, selector: {{matchLabels: {{app: {Pick("a", "b", "c")}}}}}, rules: [{{from: [{{source: {{namespaces: [{Namespace()}]}}}}], to: [{{operation: {{ports: ['{Pick("8080", "9090")}']}}}}]}}]}}\n",
        < 20 => $"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: pa{number}, namespace: {Namespaces[number % 3]}}}\nspec: {{selector: {{matchLabels: {{app: {Pick("a", "b", "c")}}}}}, mtls: {{mode: {Pick("STRICT", "PERMISSIVE", "DISABLE")}}}, portLevelMtls: {{'{Pick("8080", "9090")}': {{mode: {Pick("STRICT", "PERMISSIVE")}}}}}}}\n",
        20 => $"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: wide, namespace: {Namespaces[2]}}}\nspec: {{mtls: {{mode: {Pick("STRICT", "PERMISSIVE")}}}}}\n",
        21 => $"apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {{name: se, namespace: {Namespaces[0]}}}\nspec: {{hosts: [se.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{{number: 80, name: tcp, protocol: TCP}}], workloadSelector: {{labels: {{app: {Pick("a", "b")}}}}}}}\n",
        22 => $"apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: dr, namespace: {Namespaces[0]}}}\nspec: {{host: {Pick("s6", "se.example.com")}, subsets: [{{name: one, labels: {{{Pick("version: v1", "app: a")}}}}}]}}\n",
        _ => $"apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {{name: sc, namespace: {Namespaces[1]}}}\nspec: {{workloadSelector: {{labels: {{app: {Pick("a", "b")}}}}}, egress: [{{hosts: ['{Pick("./*", "*/*")}']}}]}}\n",
    };
}
