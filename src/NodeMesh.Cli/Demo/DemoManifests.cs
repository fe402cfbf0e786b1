namespace NodeMesh.Cli.Demo;

/// <summary>What the demo applies beside the shop.</summary>
internal static class DemoManifests
{
    /// <summary>The namespace of the two pods outside of the mesh.</summary>
    public const string PlainNamespace = "demo-plain";

    /// <summary>The policy's name.</summary>
    public const string PolicyName = "demo-deny";

    /// <summary>Two pods outside of the mesh on two nodes: the control of the experiment on the wire.</summary>
    public const string Plain =
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: demo-plain
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: sender
          namespace: demo-plain
        spec:
          nodeName: node-1
          containers:
            - name: main
              image: debian
              command: [sleep, infinity]
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: receiver
          namespace: demo-plain
        spec:
          nodeName: node-2
          containers:
            - name: main
              image: debian
              command: [socat, "TCP-LISTEN:8080,reuseaddr,fork", "SYSTEM:read line; echo HTTP/1.0 204 No Content; echo"]
              readinessProbe:
                tcpSocket:
                  port: 8080
                periodSeconds: 1

        """;

    /// <summary>A policy that refuses one source to one service's pods.</summary>
    /// <param name="edge">Who calls whom.</param>
    /// <param name="principal">The caller's identity without <c>spiffe://</c>.</param>
    public static string Deny(CallEdge edge, string principal) =>
        $"""
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata:
          name: {PolicyName}
          namespace: {edge.Namespace}
        spec:
          selector:
            matchLabels:
              app: {edge.Destination}
          action: DENY
          rules:
            - from:
                - source:
                    principals: ["{principal}"]

        """;
}
