#!/usr/bin/env python3
"""endpointslices-v1.py DIR ADDR PORT: serves discovery.k8s.io/v1 EndpointSlices read-only, as an aggregated API, by translating the
v1beta1 objects that the real 1.20 EndpointSlice controller writes.  Authorization stays with the real apiserver: every
request is repeated there under impersonation of the user the aggregator names."""
import http.client, http.server, json, ssl, sys
D, ADDR, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3]); P = D + "/pki/"
up = ssl.create_default_context(cafile=P + "ca.crt"); up.load_cert_chain(P + "admin.crt", P + "admin.key")
def v1(o):
    if o.get("kind") == "Status": return o
    o["apiVersion"] = "discovery.k8s.io/v1"
    if "items" in o:
        o["kind"] = "EndpointSliceList"; o["items"] = [v1({**i, "kind": "EndpointSlice"}) for i in o["items"] or []]
        for i in o["items"]: i.pop("apiVersion", None); i.pop("kind", None)
        return o
    o.get("metadata", {}).pop("managedFields", None)
    for e in o.get("endpoints") or []:
        t = e.pop("topology", None) or {}
        if "kubernetes.io/hostname" in t: e.setdefault("nodeName", t.pop("kubernetes.io/hostname"))
        if "topology.kubernetes.io/zone" in t: e["zone"] = t.pop("topology.kubernetes.io/zone")
        t.pop("topology.kubernetes.io/region", None)
        if t: e["deprecatedTopology"] = t
        c = e.setdefault("conditions", {}); r = c.get("ready", True); c.setdefault("serving", r); c.setdefault("terminating", False)
    return o
RES = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "discovery.k8s.io/v1", "resources": [{"name": "endpointslices", "singularName": "", "namespaced": True, "kind": "EndpointSlice", "verbs": ["get", "list", "watch"]}]}
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def send(self, code, o):
        b = json.dumps(o).encode(); self.send_response(code); self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(b))); self.end_headers(); self.wfile.write(b)
    def do_GET(self):
        path = self.path
        if path.split("?")[0].rstrip("/") == "/apis/discovery.k8s.io/v1": return self.send(200, RES)
        if not path.startswith("/apis/discovery.k8s.io/v1/"): return self.send(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404})
        u = http.client.HTTPSConnection(ADDR, 6443, context=up); h = {"Accept": "application/json", "Impersonate-User": self.headers.get("X-Remote-User", "system:anonymous")}
        u.putrequest("GET", path.replace("/apis/discovery.k8s.io/v1/", "/apis/discovery.k8s.io/v1beta1/", 1))
        for k, v in h.items(): u.putheader(k, v)
        for g in self.headers.get_all("X-Remote-Group") or []: u.putheader("Impersonate-Group", g)
        u.endheaders(); r = u.getresponse()
        if "watch=" in path and r.status == 200:
            self.send_response(200); self.send_header("Content-Type", "application/json"); self.send_header("Transfer-Encoding", "chunked"); self.end_headers(); self.wfile.flush()
            for line in r:
                e = json.loads(line); e["object"] = v1(e["object"]); b = json.dumps(e).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(b), b)); self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n"); return
        self.send(r.status, v1(json.loads(r.read())))
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(P + "apiserver.crt", P + "apiserver.key")
c.load_verify_locations(P + "front-proxy-ca.crt"); c.verify_mode = ssl.CERT_REQUIRED      # only the aggregator may call
s = http.server.ThreadingHTTPServer((ADDR, PORT), H); s.daemon_threads = True; s.socket = c.wrap_socket(s.socket, server_side=True); s.serve_forever()
