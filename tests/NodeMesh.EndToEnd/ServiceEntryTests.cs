namespace NodeMesh.EndToEnd;

/// <summary>Servers outside the mesh as services of it: named by ServiceEntries, reached by name, routed and retried.</summary>
[Collection(HttpMeshCollection.Name)]
public sealed class ServiceEntryTests(HttpMesh http)
{
    private const string Outside = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: outside}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: library, namespace: outside, labels: {app: library}}
        spec:
          nodeName: node-2
          containers:
          - {name: main, image: nodemesh.io/samples/shop, command: [shop, library], readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: library, namespace: outside}
        spec: {clusterIP: None, selector: {app: library}, ports: [{name: http, port: 8080}]}
        """;

    [Fact]
    public async Task OutsideServer_ByName_IsRoutedAndRetried()
    {
        await using var server = await AppliedPolicy.ApplyAsync(http.Mesh, Outside);
        await using var entry = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: library, namespace: web}
            spec:
              hosts: [library.example.com]
              location: MESH_EXTERNAL
              resolution: DNS
              ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
              endpoints: [{address: library.outside.svc.cluster.local}]
            """);

        // Without any route the connection goes there as it is.
        await Eventually.GetAsync(() => CallAsync("/"), seen => seen == "200 library -");

        await using var route = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: library, namespace: web}
            spec:
              hosts: [library.example.com]
              http:
              - match: [{headers: {x-shelf: {exact: books}}}]
                route: [{destination: {host: books.web.svc.cluster.local}}]
              - headers: {response: {set: {x-seen: outside}}}
                retries: {attempts: 3, retryOn: connect-failure}
                route: [{destination: {host: library.example.com}}]
            """);
        await Eventually.GetAsync(() => CallAsync("/"), seen => seen == "200 library outside");
        Assert.StartsWith("200 books ", await CallAsync("/", "-H", "x-shelf: books"), StringComparison.Ordinal);

        // One of two endpoints refuses connections: retries find the other.
        await http.Mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: library, namespace: web}
            spec:
              hosts: [library.example.com]
              resolution: DNS
              ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
              endpoints: [{address: library.outside.svc.cluster.local}, {address: library.outside.svc.cluster.local, ports: {http: 8099}}]
            """);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("200 library outside", await CallAsync("/"));
        }
    }

    private Task<string> CallAsync(string path, params string[] options) => http.CallHostAsync("library.example.com", path, options);
}
