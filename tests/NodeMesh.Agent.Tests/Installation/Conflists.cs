namespace NodeMesh.Agent.Tests.Installation;

/// <summary>Network configurations as well-known plugins install them.</summary>
internal static class Conflists
{
    public const string Flannel = """
        {
          "name": "cbr0",
          "cniVersion": "0.3.1",
          "plugins": [
            { "type": "flannel", "delegate": { "hairpinMode": true, "isDefaultGateway": true } },
            { "type": "portmap", "capabilities": { "portMappings": true } }
          ]
        }
        """;

    public const string Calico = """
        {
          "name": "k8s-pod-network",
          "cniVersion": "0.3.1",
          "plugins": [
            {
              "type": "calico", "log_level": "info", "log_file_path": "/var/log/calico/cni/cni.log", "datastore_type": "kubernetes",
              "nodename": "n1", "mtu": 0, "ipam": { "type": "calico-ipam" }, "policy": { "type": "k8s" },
              "kubernetes": { "kubeconfig": "/etc/cni/net.d/calico-kubeconfig" }
            },
            { "type": "portmap", "snat": true, "capabilities": { "portMappings": true } },
            { "type": "bandwidth", "capabilities": { "bandwidth": true } }
          ]
        }
        """;

    public const string Ptp = """
        {"cniVersion":"0.4.0","name":"km","plugins":[
         {"type":"ptp","mtu":1500,"ipMasq":false,"ipam":{"type":"host-local","dataDir":"/var/lib/cni/networks","ranges":[[{"subnet":"10.78.1.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
         {"type":"portmap","capabilities":{"portMappings":true}}]}
        """;

    public const string Cilium = """
        {
          "cniVersion": "0.3.1",
          "name": "cilium",
          "plugins": [ { "type": "cilium-cni", "enable-debug": false, "log-file": "/var/run/cilium/cilium-cni.log" } ]
        }
        """;

    public const string Kindnet = """
        {
          "cniVersion": "1.0.0", "name": "kindnet", "disableCheck": true,
          "plugins": [
            { "type": "ptp", "ipMasq": false, "ipam": { "type": "host-local", "dataDir": "/run/cni-ipam-state", "routes": [ { "dst": "0.0.0.0/0" }, { "dst": "::/0" } ], "ranges": [ [ { "subnet": "10.244.0.0/24" } ] ] }, "mtu": 1500 },
            { "type": "portmap", "capabilities": { "portMappings": true } }
          ]
        }
        """;

    /// <summary>A single plugin's configuration, as older network plugins write.</summary>
    public const string Bridge = """{ "cniVersion": "0.3.1", "name": "mynet", "type": "bridge", "bridge": "cni0", "isGateway": true, "ipam": { "type": "host-local", "subnet": "10.22.0.0/16" } }""";
}
