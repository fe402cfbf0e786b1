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
        ---
        # The same server, as a service of requests.
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}-http
          namespace: bench
        spec:
          selector:
            app: {name}
          ports:
            - name: http
              port: 8080
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}-canary
          namespace: bench
        spec:
          selector:
            app: {name}
          ports:
            - name: http
              port: 8080
              targetPort: 8081
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: {name}
          namespace: bench
        spec:
          parentRefs:
            - group: ""
              kind: Service
              name: {name}-http
              port: 8080
          rules:
            - matches:
                - headers:
                    - name: x-bench
                      value: "yes"
              backendRefs:
                - name: {name}-http
                  port: 8080
                  weight: 90
                - name: {name}-canary
                  port: 8080
                  weight: 10
            - backendRefs:
                - name: {name}-http
                  port: 8080
        ---
        # HTTP/1.1 to the server in all rows: nginx speaks no HTTP/2 to servers.
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: {name}-http
          namespace: bench
        spec:
          host: {name}-http
          trafficPolicy:
            connectionPool:
              http:
                h2UpgradePolicy: DO_NOT_UPGRADE
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: {name}-canary
          namespace: bench
        spec:
          host: {name}-canary
          trafficPolicy:
            connectionPool:
              http:
                h2UpgradePolicy: DO_NOT_UPGRADE

        """;
}
