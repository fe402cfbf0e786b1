using System.Text.Json;

namespace NodeMesh.Cli.Tests.Proxy;

internal static class Dumps
{
    public static JsonElement Node1 { get; } = JsonDocument.Parse(
        """
        {
          "version": "0.1.0", "node": "node-1", "time": "2026-01-02T03:00:00+00:00", "captureMode": "iptables", "inKernelForwarding": "on",
          "pending": {}, "discovery": {"synced": true, "ageSeconds": 0.4, "modelVersion": 12},
          "workloads": [
            {"uid": "k//Pod/shop/web-1", "name": "web-1", "namespace": "shop", "addresses": ["10.244.1.5", "fd00:244:1::5"], "node": "node-1", "serviceAccount": "web", "tunnelProtocol": "hbone",
             "health": "healthy", "workloadName": "web", "services": [], "authorizationPolicies": ["shop/deny-web"]},
            {"uid": "k//Pod/shop/catalog-1", "name": "catalog-1", "namespace": "shop", "addresses": ["10.244.2.6"], "node": "node-2", "serviceAccount": "catalog", "tunnelProtocol": "hbone",
             "health": "unhealthy", "workloadName": "catalog", "services": [{"service": "shop/catalog.shop.svc.cluster.local", "ports": []}], "authorizationPolicies": []},
            {"uid": "k//Pod/other/legacy", "name": "legacy", "namespace": "other", "addresses": ["10.244.2.7"], "node": "node-2", "serviceAccount": "default", "tunnelProtocol": "none", "health": "healthy",
             "services": [{"service": "shop/catalog.shop.svc.cluster.local", "ports": []}]}
          ],
          "services": [{"name": "catalog", "namespace": "shop", "hostname": "catalog.shop.svc.cluster.local", "addresses": ["10.96.0.20"], "key": "shop/catalog.shop.svc.cluster.local",
            "ports": [{"port": 80, "targetPort": 8080}, {"port": 9090, "targetPort": 0}]}],
          "policies": [{"name": "deny-web", "namespace": "shop", "action": "deny", "scope": "workload_selector", "rules": [{}, {}], "dryRun": true}],
          "nodes": [{"name": "node-1", "addresses": ["172.18.1.1"], "locality": {"region": "", "zone": "z1"}, "hasNodeTunnel": true}],
          "certificates": [{"identity": "spiffe://cluster.local/ns/shop/sa/web", "state": "available", "serialNumber": "0A", "notBefore": "2026-01-01T03:00:00+00:00", "notAfter": "2026-01-02T15:30:00+00:00"}],
          "pods": [
            {"uid": "u-1", "namespace": "shop", "name": "web-1", "identity": "spiffe://cluster.local/ns/shop/sa/web", "addresses": ["10.244.1.5"], "state": "captured", "connections": 1, "known": true},
            {"uid": "u-2", "namespace": "shop", "name": "new", "identity": "spiffe://cluster.local/ns/shop/sa/new", "addresses": ["10.244.1.6"], "state": "pending", "error": "no iptables", "connections": 0, "known": false}
          ],
          "connections": [
            {"id": 1, "direction": "outbound", "source": "10.244.1.5:40000", "sourceWorkload": "shop/web-1", "sourceIdentity": "spiffe://cluster.local/ns/shop/sa/web", "destination": "10.96.0.20:80",
             "destinationService": "catalog.shop.svc.cluster.local", "destinationWorkload": "shop/catalog-1", "upstream": "10.244.2.6:8080", "tunnelAddress": "172.18.1.2:15008", "tunnelId": 3,
             "security": "mutual_tls", "path": "proxy", "bytesReceived": 100, "bytesSent": 1572864, "ageSeconds": 200.2},
            {"id": 2, "direction": "inbound", "source": "192.0.2.1:5", "destination": "10.244.1.5:8080", "destinationWorkload": "shop/web-1", "upstream": "10.244.1.5:8080", "security": "plaintext", "path": "proxy",
             "bytesReceived": 0, "bytesSent": 0, "ageSeconds": 0.25}
          ],
          "tunnels": [{"id": 3, "source": "spiffe://cluster.local/ns/shop/sa/web", "address": "172.18.1.2:15008", "peerUris": ["spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy", "spiffe://cluster.local/node/node-2"],
            "state": "open", "streams": 1, "totalStreams": 7, "bytesSent": 2048, "bytesReceived": 0}]
        }
        """).RootElement;

    public static JsonElement Control { get; } = JsonDocument.Parse(
        """
        {"ready": true, "revision": 4, "proxies": [{"node": "node-1", "types": [
          {"typeUrl": "type.googleapis.com/istio.workload.Address", "resources": 9, "synced": true, "acknowledgements": 3, "rejections": 0, "rejection": null},
          {"typeUrl": "type.googleapis.com/istio.security.Authorization", "resources": 1, "synced": false, "acknowledgements": 1, "rejections": 1, "rejection": "policy shop/x: unknown action"},
          {"typeUrl": "type.googleapis.com/nodemesh.discovery.v1.Node", "resources": 2, "synced": false, "acknowledgements": 0, "rejections": 0, "rejection": null}]}]}
        """).RootElement;
}
