namespace NodeMesh.Compare.Rows;

/// <summary>The mesh's pods and Services.</summary>
internal static class MeshManifest
{
    /// <summary>Writes the manifest.</summary>
    /// <param name="serverConfiguration">The HTTP server's configuration: the same file as in the rows without a mesh.</param>
    public static string Write(string serverConfiguration) =>
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: bench
          labels:
            istio.io/dataplane-mode: ambient
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: client
          namespace: bench
        spec:
          nodeName: node-1
          containers:
            - name: main
              image: client
              command: [sleep, infinity]

        """ + Server("near", "node-1", serverConfiguration) + Server("far", "node-2", serverConfiguration);

    private static string Server(string name, string node, string configuration) =>
        $"""
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: {name}
          namespace: bench
          labels:
            app: {name}
        spec:
          nodeName: {node}
          containers:
            - name: http
              image: http
              command: [nginx, -e, stderr, -c, {configuration}, -g, "pid /tmp/nginx.pid;"]
            - name: iperf3
              image: iperf3
              command: [iperf3, -s]
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}
          namespace: bench
        spec:
          selector:
            app: {name}
          ports:
            - name: tcp-http
              port: 8080
            - name: tcp-iperf
              port: 5201

        """;
}
