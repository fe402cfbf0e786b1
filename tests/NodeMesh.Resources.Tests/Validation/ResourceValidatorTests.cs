using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Validation;

public sealed class ResourceValidatorTests
{
    private const string Web = "{metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}";

    [Theory]
    [InlineData("{selector: {matchLabels: {a: b}}, targetRefs: [{kind: Service, name: x}]}", "spec.selector")]
    [InlineData("{selector: {matchLabels: {a: 'b*'}}}", "spec.selector.matchLabels.a")]
    [InlineData("{targetRef: {kind: Service, name: x}, targetRefs: [{kind: Service, name: x}]}", "spec.targetRef")]
    [InlineData("{targetRefs: [{kind: Gateway, name: x}]}", "spec.targetRefs[0]")]
    [InlineData("{action: DENY}", "spec.rules")]
    [InlineData("{action: CUSTOM, provider: {name: x}}", "spec.rules")]
    [InlineData("{action: CUSTOM, provider: {name: x}, rules: [{from: [{source: {namespaces: [a]}}]}]}", "spec.rules[0].from[0].source.namespaces")]
    [InlineData("{targetRefs: [{kind: Service, name: x, namespace: y}]}", "spec.targetRefs[0].namespace")]
    [InlineData("{action: CUSTOM}", "spec.provider.name")]
    [InlineData("{provider: {name: x}}", "spec.provider")]
    [InlineData("{rules: [{from: []}]}", "spec.rules[0].from")]
    [InlineData("{rules: [{from: [{}]}]}", "spec.rules[0].from[0].source")]
    [InlineData("{rules: [{from: [{source: {}}]}]}", "spec.rules[0].from[0].source")]
    [InlineData("{rules: [{from: [{source: {principals: []}}]}]}", "spec.rules[0].from[0].source.principals")]
    [InlineData("{rules: [{from: [{source: {principals: ['']}}]}]}", "spec.rules[0].from[0].source.principals[0]")]
    [InlineData("{rules: [{from: [{source: {principals: ['a*b']}}]}]}", "spec.rules[0].from[0].source.principals[0]")]
    [InlineData("{rules: [{from: [{source: {principals: ['*a*']}}]}]}", "spec.rules[0].from[0].source.principals[0]")]
    [InlineData("{rules: [{from: [{source: {principals: ['spiffe://cluster.local/ns/a/sa/b']}}]}]}", "spec.rules[0].from[0].source.principals[0]")]
    [InlineData("{rules: [{from: [{source: {serviceAccounts: ['a/*']}}]}]}", "spec.rules[0].from[0].source.serviceAccounts[0]")]
    [InlineData("{rules: [{from: [{source: {serviceAccounts: [a/b/c]}}]}]}", "spec.rules[0].from[0].source.serviceAccounts[0]")]
    [InlineData("{rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]}", "spec.rules[0].from[0].source.serviceAccounts")]
    [InlineData("{rules: [{from: [{source: {ipBlocks: [10.0.0.0/33]}}]}]}", "spec.rules[0].from[0].source.ipBlocks[0]")]
    [InlineData("{rules: [{from: [{source: {ipBlocks: ['10.1']}}]}]}", "spec.rules[0].from[0].source.ipBlocks[0]")]
    [InlineData("{rules: [{from: [{source: {notIpBlocks: [localhost]}}]}]}", "spec.rules[0].from[0].source.notIpBlocks[0]")]
    [InlineData("{rules: [{from: [{source: {remoteIpBlocks: ['*']}}]}]}", "spec.rules[0].from[0].source.remoteIpBlocks[0]")]
    [InlineData("{rules: [{to: [{operation: {}}]}]}", "spec.rules[0].to[0].operation")]
    [InlineData("{rules: [{to: [{operation: {ports: ['0']}}]}]}", "spec.rules[0].to[0].operation.ports[0]")]
    [InlineData("{rules: [{to: [{operation: {ports: ['65536']}}]}]}", "spec.rules[0].to[0].operation.ports[0]")]
    [InlineData("{rules: [{to: [{operation: {notPorts: [http]}}]}]}", "spec.rules[0].to[0].operation.notPorts[0]")]
    [InlineData("{rules: [{when: [{key: source.ip}]}]}", "spec.rules[0].when[0].values")]
    [InlineData("{rules: [{when: [{key: source.pi, values: [x]}]}]}", "spec.rules[0].when[0].key")]
    [InlineData("{rules: [{when: [{key: source.ip, values: [x]}]}]}", "spec.rules[0].when[0].values[0]")]
    [InlineData("{rules: [{when: [{key: destination.port, notValues: [x]}]}]}", "spec.rules[0].when[0].notValues[0]")]
    public void AuthorizationPolicy_Wrong_IsRefusedAtItsField(string spec, string field) =>
        Refused($"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Theory]
    [InlineData("{portLevelMtls: {'80': {mode: STRICT}}}", "spec.portLevelMtls")]
    [InlineData("{selector: {}, portLevelMtls: {'80': {mode: STRICT}}}", "spec.portLevelMtls")]
    [InlineData("{selector: {matchLabels: {a: b}}, portLevelMtls: {'0': {mode: STRICT}}}", "spec.portLevelMtls.0")]
    [InlineData("{selector: {matchLabels: {a: b}}, portLevelMtls: {http: {mode: STRICT}}}", "spec.portLevelMtls.http")]
    [InlineData("{mtls: {mode: strict}}", "spec.mtls.mode")]
    public void PeerAuthentication_Wrong_IsRefusedAtItsField(string spec, string field) =>
        Refused($"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Theory]
    [InlineData("{policyTypes: [ingress]}", "spec.policyTypes[0]")]
    [InlineData("{podSelector: {matchExpressions: [{key: a, operator: In}]}}", "spec.podSelector.matchExpressions[0].values")]
    [InlineData("{podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}", "spec.podSelector.matchExpressions[0].values")]
    [InlineData("{ingress: [{from: [{}]}]}", "spec.ingress[0].from[0]")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}", "spec.ingress[0].from[0].ipBlock")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.1}}]}]}", "spec.ingress[0].from[0].ipBlock.cidr")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]")]
    [InlineData("{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]")]
    [InlineData("{egress: [{to: [{namespaceSelector: {matchExpressions: [{key: a, operator: NotIn}]}}]}]}", "spec.egress[0].to[0].namespaceSelector.matchExpressions[0].values")]
    [InlineData("{egress: [{ports: [{port: 0}]}]}", "spec.egress[0].ports[0].port")]
    [InlineData("{egress: [{ports: [{port: Http}]}]}", "spec.egress[0].ports[0].port")]
    [InlineData("{egress: [{ports: [{port: '80'}]}]}", "spec.egress[0].ports[0].port")]
    [InlineData("{egress: [{ports: [{port: http, endPort: 90}]}]}", "spec.egress[0].ports[0].endPort")]
    [InlineData("{egress: [{ports: [{endPort: 90}]}]}", "spec.egress[0].ports[0].endPort")]
    [InlineData("{egress: [{ports: [{port: 90, endPort: 80}]}]}", "spec.egress[0].ports[0].endPort")]
    [InlineData("{egress: [{ports: [{protocol: ICMP}]}]}", "spec.egress[0].ports[0].protocol")]
    public void NetworkPolicy_Wrong_IsRefusedAtItsField(string spec, string field) =>
        Refused($"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Theory]
    [InlineData("{selector: {a: b}}", "spec.ports")]
    [InlineData("{ports: [{port: 0}]}", "spec.ports[0].port")]
    [InlineData("{ports: [{port: 1, targetPort: 70000}]}", "spec.ports[0].targetPort")]
    [InlineData("{ports: [{port: 1, name: a}, {port: 2}]}", "spec.ports[1].name")]
    [InlineData("{ports: [{port: 1, name: a}, {port: 2, name: a}]}", "spec.ports[1].name")]
    [InlineData("{ports: [{port: 1, name: a}, {port: 1, name: b}]}", "spec.ports[1].port")]
    [InlineData("{clusterIP: x, ports: [{port: 1}]}", "spec.clusterIP")]
    [InlineData("{type: ExternalName}", "spec.externalName")]
    [InlineData("{ipFamilies: [IPv5], ports: [{port: 1}]}", "spec.ipFamilies[0]")]
    public void Service_Wrong_IsRefusedAtItsField(string spec, string field) =>
        Refused($"apiVersion: v1\nkind: Service\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Theory]
    [InlineData("{containers: []}", "spec.containers")]
    [InlineData("{containers: [{name: A}]}", "spec.containers[0].name")]
    [InlineData("{containers: [{name: a}, {name: a}]}", "spec.containers[1].name")]
    [InlineData("{containers: [{name: a, ports: [{containerPort: 0}]}]}", "spec.containers[0].ports[0].containerPort")]
    [InlineData("{containers: [{name: a, volumeMounts: [{name: v, mountPath: /x}]}]}", "spec.containers[0].volumeMounts[0].name")]
    [InlineData("{containers: [{name: a, env: [{name: 'A=B'}]}]}", "spec.containers[0].env[0].name")]
    [InlineData("{containers: [{name: a, env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]}", "spec.containers[0].env[0].valueFrom")]
    [InlineData("{containers: [{name: a, readinessProbe: {}}]}", "spec.containers[0].readinessProbe")]
    [InlineData("{containers: [{name: a, livenessProbe: {exec: {command: []}}}]}", "spec.containers[0].livenessProbe.exec.command")]
    [InlineData("{containers: [{name: a, livenessProbe: {tcpSocket: {port: web}}}]}", "spec.containers[0].livenessProbe.tcpSocket.port")]
    [InlineData("{containers: [{name: a, livenessProbe: {tcpSocket: {port: 1}, periodSeconds: 0}}]}", "spec.containers[0].livenessProbe")]
    [InlineData("{containers: [{name: a}], serviceAccountName: A/B}", "spec.serviceAccountName")]
    [InlineData("{containers: [{name: a}], volumes: [{name: v, emptyDir: {}, hostPath: {path: /}}]}", "spec.volumes[0]")]
    public void Pod_Wrong_IsRefusedAtItsField(string spec, string field) =>
        Refused($"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Theory]
    [InlineData("Deployment", "{selector: {}, template: " + Web + "}", "spec.selector")]
    [InlineData("Deployment", "{selector: {matchLabels: {app: db}}, template: " + Web + "}", "spec.selector.matchLabels.app")]
    [InlineData("Deployment", "{replicas: -1, selector: {matchLabels: {app: web}}, template: " + Web + "}", "spec.replicas")]
    [InlineData("StatefulSet", "{selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {restartPolicy: Never, containers: [{name: c}]}}}", "spec.template.spec.restartPolicy")]
    public void Controller_Wrong_IsRefusedAtItsField(string kind, string spec, string field) =>
        Refused($"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: p}}\nspec: {spec}", field);

    [Fact]
    public void Secret_NotBase64_IsRefused() => Refused("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: 'not base64!'}", "data.k");

    [Fact]
    public void EndpointSlice_OfTheWrongFamily_IsRefused() =>
        Refused("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s}\naddressType: IPv4\nendpoints: [{addresses: ['fd00::1']}]", "endpoints[0].addresses[0]");

    [Theory]
    [InlineData("spec: {type: NodePort, ports: [{port: 1}]}", "spec.type")]
    [InlineData("spec: {sessionAffinity: ClientIP, ports: [{port: 1}]}", "spec.sessionAffinity")]
    [InlineData("spec: {ports: [{port: 53, protocol: UDP}]}", "spec.ports[0].protocol")]
    public void Service_WithPartsWithoutEffect_IsWarnedOf(string body, string field)
    {
        var set = ManifestReader.ReadText($"apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\n{body}", "in.yaml");

        Assert.Single(set.Documents);
        Assert.Equal((FindingLevel.Warning, field), Assert.Single(set.Findings.Select(f => (f.Level, f.Field))));
    }

    [Fact]
    public void Principal_ThatNoIdentityHas_IsWarnedOf()
    {
        var set = ManifestReader.ReadText(
            "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p}\nspec: {rules: [{from: [{source: {principals: [cluster.local/sa/web]}}]}]}", "in.yaml");

        Assert.Equal(FindingCodes.RuleNeverMatches, Assert.Single(set.Findings).Code);
    }

    private static void Refused(string text, string field)
    {
        var set = ManifestReader.ReadText(text, "in.yaml");

        Assert.Empty(set.Documents);
        Assert.Contains(set.Errors, f => f.Field == field && f.Line > 0);
    }
}
