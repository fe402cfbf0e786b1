#!/usr/bin/env python3
"""Writes a hosts file from Services and Endpoints whenever one changes (watch through kubectl --raw)."""
import json, os, subprocess, sys, threading, time
D = sys.argv[1]; K = ["kubectl", "--kubeconfig", D + "/pki/admin.kubeconfig"]
S = {"services": {}, "endpoints": {}}; lock = threading.Lock(); dirty = threading.Event()
def follow(kind):
    while True:
        try: l = json.loads(subprocess.check_output(K + ["get", "--raw", "/api/v1/" + kind]))
        except (subprocess.CalledProcessError, ValueError):       # the API server is away
            time.sleep(1); continue
        with lock: S[kind] = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in l["items"]}
        dirty.set()
        p = subprocess.Popen(K + ["get", "--raw", f"/api/v1/{kind}?watch=1&resourceVersion={l['metadata']['resourceVersion']}"], stdout=subprocess.PIPE)
        for line in p.stdout:
            e = json.loads(line); o = e["object"]; m = o.get("metadata", {})
            if e["type"] == "ERROR": break
            with lock:
                if e["type"] == "DELETED": S[kind].pop((m["namespace"], m["name"]), None)
                else: S[kind][(m["namespace"], m["name"])] = o
            dirty.set()
        p.wait(); time.sleep(.5)
for k in S: threading.Thread(target=follow, args=(k,), daemon=True).start()
while True:
    dirty.wait(); time.sleep(.05); dirty.clear()
    with lock:
        out = []
        for (ns, n), s in S["services"].items():
            ip = s["spec"].get("clusterIP"); f = f"{n}.{ns}.svc.cluster.local"
            if ip and ip != "None": out.append(f"{ip} {f}")
            else:
                for sub in S["endpoints"].get((ns, n), {}).get("subsets") or []:
                    for a in sub.get("addresses") or []:
                        out.append(f"{a['ip']} {f}")
                        if a.get("hostname"): out.append(f"{a['ip']} {a['hostname']}.{f}")
    # a changed name: dnsmasq re-reads a changed file of --hostsdir but forgets nothing, so restart-free removal needs SIGHUP
    t = D + "/dns/.cluster"; open(t, "w").write("\n".join(out) + "\n"); os.replace(t, D + "/dns/hosts/cluster")
    try: os.kill(int(open(D + "/dns/pid").read()), 1)
    except Exception as e: print(e, flush=True)
