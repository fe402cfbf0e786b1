using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Manifests;

public sealed class ManifestReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-manifests-").FullName;

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void Read_SeveralDocuments_BindsEachWithNamespaceAndLine()
    {
        var set = Read("""
            # a comment
            apiVersion: v1
            kind: Namespace
            metadata:
              name: shop
              labels: {istio.io/dataplane-mode: ambient}
            ---
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: {app: web}
              ports:
              - name: a
                port: 80
                targetPort: http
              - name: b
                port: 81
                targetPort: 8081
            """);

        Assert.Empty(set.Findings);
        Assert.Equal(["Namespace shop", "Service default/web"], set.Documents.Select(d => d.Origin.ToString()));
        Assert.Equal("ambient", set.Documents[0].Labels["istio.io/dataplane-mode"]);
        Assert.Equal(2, set.Documents[0].Line);
        Assert.Equal(9, set.Documents[1].Line);
        var service = Assert.IsType<ServiceResource>(set.Documents[1].Resource);
        Assert.Equal("default", service.Metadata.Namespace);
        Assert.Equal(IntOrString.FromString("http"), service.Spec.Ports[0].TargetPort);
        Assert.Equal(IntOrString.FromInt32(8081), service.Spec.Ports[1].TargetPort);
    }

    [Fact]
    public void Read_FullPod_BindsEverythingWithoutFindings()
    {
        var set = Read("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: p
              namespace: shop
              annotations: {a: "1"}
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}]
            spec:
              serviceAccountName: web
              nodeSelector: {disk: ssd}
              terminationGracePeriodSeconds: 5
              tolerations: []
              securityContext: {runAsUser: 5, anything: [1]}
              initContainers: [{name: i, image: x, command: [sh, -c, "true"]}]
              containers:
              - name: c
                image: web:1
                command: ["/bin/web"]
                args: ["--port", "80"]
                workingDir: /srv
                env:
                - {name: A, value: "1"}
                - {name: B, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: C, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}
                envFrom: [{prefix: P_, configMapRef: {name: cm}}]
                ports: [{name: http, containerPort: 80}]
                resources: {limits: {cpu: 1}}
                readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}
                livenessProbe: {tcpSocket: {port: 80}}
                startupProbe: {grpc: {port: 9}}
                lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}
                volumeMounts: [{name: v, mountPath: /etc/x, readOnly: true}]
              volumes:
              - {name: v, configMap: {name: cm, defaultMode: 0640, items: [{key: a, path: b}]}}
              - {name: w, emptyDir: {}}
              - {name: x, projected: {sources: [{secret: {name: s}}, {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}}
            status:
              phase: Running
              podIPs: [{ip: 10.1.2.3}, {ip: "fd00::3"}]
              conditions: [{type: Ready, status: "True", lastTransitionTime: 2026-01-01T00:00:00Z}]
            """);

        Assert.Empty(set.Findings);
        var pod = Assert.IsType<PodResource>(Assert.Single(set.Documents).Resource);
        var container = Assert.Single(pod.Spec.Containers);
        Assert.Equal(["--port", "80"], container.Args);
        Assert.True(container.Env[2].ValueFrom!.SecretKeyRef!.Optional);
        Assert.Equal("http", container.ReadinessProbe!.HttpGet!.Port.Name);
        Assert.Equal(0b110_100_000, pod.Spec.Volumes[0].ConfigMap!.DefaultMode);
        Assert.NotNull(pod.Spec.Volumes[1].EmptyDir);
        Assert.Equal("s", pod.Spec.Volumes[2].Projected!.Sources[0].Secret!.Name);
        Assert.Equal("fd00::3", pod.Status!.PodIPs[1].Ip);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), pod.Status.Conditions[0].LastTransitionTime);
        Assert.True(pod.Metadata.OwnerReferences[0].Controller);
    }

    [Fact]
    public void Read_ManyMistakes_ReportsAllWithPlaceAndField()
    {
        var set = Read("""
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: web
            spec:
              action: PERMIT
              rules:
              - form:
                - source: {}
              - from:
                - source:
                    principals: cluster.local/ns/a/sa/b
                    namespaces: [1]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p, annotations: {istio.io/dry-run: true}}
            spec: {hostNetwork: "no way"}
            """);

        Assert.Empty(set.Documents);
        Assert.Equal(
            [
                "in.yaml:6:11: error: AuthorizationPolicy default/web: spec.action: 'PERMIT' is not one of ALLOW, DENY, AUDIT, CUSTOM",
                "in.yaml:8:5: error: AuthorizationPolicy default/web: spec.rules[0].form: unknown field 'form'; did you mean 'from'?",
                "in.yaml:12:21: error: AuthorizationPolicy default/web: spec.rules[1].from[0].source.principals: must be a list, but is the string \"cluster.local/ns/a/sa/b\"",
                "in.yaml:13:22: error: AuthorizationPolicy default/web: spec.rules[1].from[0].source.namespaces[0]: must be a string, but is the number 1; put it in quotes",
                "in.yaml:17:53: error: Pod default/p: metadata.annotations[\"istio.io/dry-run\"]: must be a string, but is the boolean true; put it in quotes",
                "in.yaml:18:21: error: Pod default/p: spec.hostNetwork: must be true or false, but is the string \"no way\"",
                "in.yaml:18:7: error: Pod default/p: spec.containers: is missing; add 'containers'",
            ],
            set.Findings.Select(f => f.ToString()));
    }

    [Fact]
    public void Read_BrokenDocumentAmongGoodOnes_KeepsTheGoodOnes()
    {
        var set = Read("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: b
            data: [
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: c}
            """);

        Assert.Equal(["a", "c"], set.Documents.Select(d => d.Name));
        var finding = Assert.Single(set.Findings);
        Assert.Equal(FindingCodes.Malformed, finding.Code);
        Assert.InRange(finding.Line, 7, 9);
    }

    [Theory]
    [InlineData("a: 1\na: 2", "twice", 2)]
    [InlineData("[1, 2]", "must be a map", 1)]
    [InlineData("hello", "must be a map", 1)]
    [InlineData("kind: Pod\nmetadata: {name: x}", "every resource has apiVersion", 1)]
    [InlineData("apiVersion: v1\nmetadata: {name: x}", "every resource has apiVersion", 1)]
    [InlineData("apiVersion: v1\nkind: ConfigMap", "add 'metadata'", 1)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {}", "add 'name'", 3)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ../../etc}", "not a valid name", 3)]
    [InlineData("apiVersion: x/v1\nkind: Thing\nmetadata: {name: ../etc}", "not a valid name", 3)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: A}", "not a valid namespace", 3)]
    [InlineData("apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {}, template: {spec: {containers: []}}}", "write apps/v1", 1)]
    [InlineData("a: *nothing", "nothing", 1)]
    [InlineData("a:\n\tb: 1", "no tabs", 2)]
    public void Read_BadInput_SaysWhatAndWhere(string text, string message, int line)
    {
        var errors = Read(text).Errors.ToList();

        Assert.Contains(errors, e => e.ToString().Contains(message, StringComparison.Ordinal) && e.Line == line);
    }

    [Fact]
    public void Read_AliasBomb_IsRefused()
    {
        var lines = Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");

        var finding = Assert.Single(Read("a0: &a0 [x]\n" + string.Join('\n', lines)).Findings);

        Assert.Contains("aliases expand", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DeepNesting_IsRefused() =>
        Assert.Contains("nested deeper", Assert.Single(Read(new string('[', 3000)).Findings).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_AnchorsAndMergeKeys_AreResolved()
    {
        var set = Read("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, labels: &l {x: "1", y: "2"}}
            data:
              <<: *l
              y: "3"
            """);

        var data = Assert.IsType<ConfigMapResource>(Assert.Single(set.Documents).Resource).Data;
        Assert.Equal([("x", "1"), ("y", "3")], data.OrderBy(d => d.Key).Select(d => (d.Key, d.Value)));
    }

    [Fact]
    public void Read_UnknownAndUnservedKinds_WarnAndKeepThem()
    {
        var set = Read("""
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: v}
            spec: {anything: 1}
            ---
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: w}
            ---
            apiVersion: v1
            kind: Deployment
            metadata: {name: d}
            """);

        Assert.False(set.HasErrors);
        Assert.Equal([FindingCodes.NotServed, FindingCodes.UnknownKind, FindingCodes.UnknownKind], set.Findings.Select(f => f.Code));
        Assert.Contains("apps/v1", set.Findings[2].Message, StringComparison.Ordinal);
        Assert.Equal(3, set.Documents.Length);
        Assert.All(set.Documents, d => Assert.Null(d.Resource));
    }

    [Fact]
    public void Read_FieldsWithoutEffect_Warn()
    {
        var set = Read("""
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              hostPID: true
              containers: [{name: c}]
              volumes: [{name: v, nfs: {}}]
            """);

        Assert.Single(set.Documents);
        Assert.Equal([("spec.hostPID", 5), ("spec.volumes[0].nfs", 7)], set.Findings.Select(f => (f.Field, f.Line)));
        Assert.All(set.Findings, f => Assert.Equal(FindingLevel.Warning, f.Level));
    }

    [Fact]
    public void Read_ListKind_IsFlattened()
    {
        var set = Read("""
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, nmae: c}}
            """);

        Assert.Equal("a", Assert.Single(set.Documents).Name);
        Assert.Equal(5, Assert.Single(set.Findings).Line);
    }

    [Fact]
    public void Read_Json_HasPlacesToo()
    {
        var set = ManifestReader.ReadText("""
            {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": "a"},
             "data": {"k": 5}}
            """, "in.json");

        Assert.Equal("in.json:3:16: error: ConfigMap default/a: data.k: must be a string, but is the number 5; put it in quotes", Assert.Single(set.Findings).ToString());
    }

    [Fact]
    public void Read_BrokenJson_SaysWhere() =>
        Assert.Equal(2, Assert.Single(ManifestReader.ReadText("{\n\"a\" 1}", "in.json").Findings).Line);

    [Fact]
    public void Read_SameResourceTwice_IsAnError()
    {
        var set = Read("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n");

        Assert.Single(set.Documents);
        Assert.Contains("in.yaml:1", Assert.Single(set.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPaths_FilesAndDirectories_AreReadInOrder()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "sub"));
        Write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}");
        Write("a.yml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}");
        Write("sub/c.json", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}""");
        Write("notes.txt", "nothing");
        Write(".hidden.yaml", "nothing");

        var set = ManifestReader.ReadPaths([_directory, Path.Combine(_directory, "missing.yaml")]);

        Assert.Equal(["a", "b", "c"], set.Documents.Select(d => d.Name));
        Assert.Contains("does not exist", Assert.Single(set.Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPaths_FilesOfOtherToolsInADirectory_ArePassedOver()
    {
        Write("package.json", """{"name": "web", "version": "1.0.0"}""");
        Write("list.json", "[1, 2]");
        Write("kustomization.yaml", "resources: [a.yaml]");
        Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}");

        var set = ManifestReader.ReadPaths([_directory]);

        Assert.Equal(["a"], set.Documents.Select(d => d.Name));
        Assert.Empty(set.Findings);
    }

    [Theory]
    [InlineData("half.json", """{"apiVersion": "v1", "metadata": {"name": "a"}}""", "kind")]
    [InlineData("half.yaml", "metadata: {name: a}", "apiVersion")]
    public void ReadPaths_HalfAResourceInADirectory_IsAnError(string name, string text, string field)
    {
        Write(name, text);

        Assert.Equal(field, Assert.Single(ManifestReader.ReadPaths([_directory]).Findings).Field);
    }

    [Fact]
    public void ReadPaths_JsonThatIsNamed_MustBeAResource()
    {
        Write("package.json", """{"name": "web"}""");

        Assert.Single(ManifestReader.ReadPaths([Path.Combine(_directory, "package.json")]).Findings);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text);

    private static ManifestSet Read(string text) => ManifestReader.ReadText(text, "in.yaml");
}
