"""What the program says of a mesh that runs, asked through the API server's port-forward as a user asks; every answer is held against what is so."""
import contextlib, json, os, signal, subprocess, tarfile

from .core import DENY_CART
from .harness import *


def pod_called(app):
    pods = [p for p in kube_json("-n", "shop", "get", "pods", "-l", f"app={app}")["items"] if "deletionTimestamp" not in p["metadata"]]
    return pods[0]["metadata"]["name"]


def told(*args): return json.loads(nodemesh(*args, "-o", "json").stdout)
def described(kind, name): return told("describe", kind, name)[0]


def same(what, found, wanted):
    expect(found == wanted, f"{what}: {found!r}, not {wanted!r}")


def within(what, found, wanted):
    expect(wanted in found, f"{what}: {wanted!r} is not in {found!r}")


def status_and_configuration_are_told_of_each_proxy():
    rows = told("proxy-status")
    same("the nodes of proxy-status", sorted(r["node"] for r in rows), ["n1", "n2"])
    for row in rows:
        expect(row["ready"] and row["types"] and all(t["state"] == "synced" for t in row["types"]), f"{row}")
        same(f"captured pods of {row['node']}", row["capturedPods"], row["pods"])
    within("the table of proxy-status", nodemesh("proxy-status").stdout, "NODE")
    one_call()
    web, dump = pod_called("web"), told("proxy-config", "all", "n1")
    for section in ("workloads", "services", "certificates", "pods", "tunnels", "nodes"):
        expect(dump[section], f"proxy-config all n1 has no {section}")
    same("the state of web", [p["state"] for p in dump["pods"] if p["name"] == web], ["captured"])
    services = told("proxy-config", "service", "n1", "-n", "shop")
    same("the services of the shop", sorted(s["name"] for s in services), ["cart", "catalog", "inventory", "web"])
    certificates = told("proxy-config", "certificate", "n1", "--name", "ns/shop/sa/web")
    same("the certificate of web", [(c["identity"], c["state"]) for c in certificates], [("spiffe://cluster.local/ns/shop/sa/web", "available")])
    within("the table of pods", nodemesh("proxy-config", "pod", "n1", "-n", "shop").stdout, web)
    unknown = nodemesh("proxy-config", "pod", "n9", check=False)
    expect(unknown.returncode == 1 and "n9" in unknown.stderr, f"of a node that is none: exit {unknown.returncode}: {unknown.stderr}")


def versions_are_told_and_the_shop_has_no_findings():
    versions = told("version")
    same("the proxies' versions", {p["name"]: p["version"] for p in versions["proxies"]}, {"n1": VERSION, "n2": VERSION})
    same("the control plane's", {c["version"] for c in versions["controlPlane"]}, {VERSION})
    within("the table", nodemesh("version").stdout, VERSION)
    findings = nodemesh("analyze", "-n", "shop", check=False)
    expect(findings.returncode == 0, f"analyze: {findings.stdout}{findings.stderr}")
    within("completion", nodemesh("completion", "bash").stdout, "complete")


def pods_services_and_policies_are_described():
    web, catalog = described("pod", f"{pod_called('web')}.shop"), described("service", "catalog.shop")
    facts = web["facts"]
    same("the node of web", facts["node"], "n1")
    within("its capture", facts["capture"], "captured (")
    same("its identity", facts["identity"], "spiffe://cluster.local/ns/shop/sa/web")
    within("its certificate", facts["certificate"], "available, until ")
    within("what it is reached by", facts["reachedBy"], "mutual TLS")
    within("its services", "".join(web["lists"]["services"]), "web.shop.svc.cluster.local")
    same("who knows catalog", catalog["facts"]["knownTo"], "2 of 2 proxies")
    same("endpoints of catalog", len(catalog["lists"]["endpoints"]), 1)
    within("its endpoint", catalog["lists"]["endpoints"][0], "on n2: healthy, in the mesh")
    same("warnings", web.get("warnings", []) + catalog.get("warnings", []), [])
    within("the words for people", nodemesh("describe", "pod", f"{pod_called('web')}.shop").stdout, "spiffe://cluster.local/ns/shop/sa/web")
    nothing = nodemesh("describe", "service", "nothing.shop", check=False)
    expect(nothing.returncode == 1 and "nothing" in nothing.stderr, f"of a service that is none: exit {nothing.returncode}: {nothing.stderr}")


def tap_and_explain_tell_of_calls_and_of_refusals():
    with under_load():
        lines = nodemesh("tap", "deploy/web.shop", "--direction", "outbound", "--peer", "catalog", "--max-events", "6", "-o", "json", timeout=90).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    same("how many", len(events), 6)
    for event in events:
        expect(event["node"] == "n1" and event["security"] == "mutual_tls" and event["src.namespace"] == "shop" and "catalog" in event["dst.service"], f"{event}")
    expect({"opened", "closed"} <= {e["event"] for e in events} or any(e["event"] == "request" for e in events), f"{[e['event'] for e in events]}")

    allowed = told("explain", "--from", "deploy/web.shop", "--to", "cart.shop:80", "--path", "/")[0]
    same("without a policy", (allowed["verdict"], allowed["transport"]), ("allow", "hbone"))
    kubectl("apply", "-f", DENY_CART)
    try:
        eventually("the policy refuses", lambda: any("cart" in f for f in one_call()), 60)
        refused = told("explain", "--from", "deploy/web.shop", "--to", "cart.shop:80", "--path", "/")[0]
        same("with the policy", refused["verdict"], "deny")
        within("by which", json.dumps(refused["deniedBy"]), "deny-cart")
        other = told("explain", "--from", "deploy/catalog.shop", "--to", "cart.shop:80", "--path", "/")[0]
        same("of another caller", other["verdict"], "allow")
        with under_load():
            line = nodemesh("tap", "deploy/cart.shop", "--direction", "inbound", "--failed", "--max-events", "1", "-o", "json", timeout=90).stdout
        within("the policy in what tap shows", line, "deny-cart")
        policy = described("policy", "deny-cart.shop")
        same("who knows the policy", policy["facts"]["knownTo"], "2 of 2 proxies")
        within("whom it is for", "".join(policy["lists"]["workloads"]), "shop/cart-")
        within("its status", "".join(policy["lists"]["status"]), "Accepted=True")
        within("policies of cart", "".join(described("pod", f"{pod_called('cart')}.shop")["lists"]["policies"]), "shop/deny-cart: DENY")
    finally:
        kubectl("delete", "-f", DENY_CART)
    eventually("it is undone", lambda: not one_call(), 60)


def log_levels_change_and_go_back():
    for target in ("n1", "control"):
        before = told("logs-level", target)
        changed = told("logs-level", target, "--level", "debug", "--level", "NodeMesh.Tunnel:trace")
        same(f"the level of {target}", [r["level"] for r in changed if r["category"] == "*"], ["debug"])
        same("of one category", [r["level"] for r in changed if r["category"] == "NodeMesh.Tunnel"], ["trace"])
        same(f"{target} after a reset", told("logs-level", target, "--reset"), before)
    wrong = nodemesh("logs-level", "n1", "--level", "loud", check=False)
    expect(wrong.returncode != 0 and "loud" in wrong.stderr, f"of a level that is none: exit {wrong.returncode}: {wrong.stderr}")


def a_bug_report_has_everything_and_no_secret():
    path = os.path.join(Settings.work, "report.tar.gz")
    done = nodemesh("bug-report", "--file", path, timeout=180)
    expect("not collected" not in done.stderr, done.stderr)
    with tarfile.open(path) as report:
        files = {m.name: report.extractfile(m).read().decode(errors="replace") for m in report.getmembers() if m.isfile()}
    for name in ("versions.json", "resources.yaml", "proxies/n1/config_dump.json", "proxies/n2/metrics.txt", "cluster/pods.json"):
        expect(files.get(f"nodemesh-bug-report/{name}", "").strip(), f"the report has no {name}: {sorted(files)}")
    expect(any("logs/nodemesh-proxy" in f and f.endswith("/proxy.log") and "ready" in text for f, text in files.items()), f"the report has no log of a proxy: {sorted(files)}")
    secret = kube_json("-n", SYSTEM, "get", "secret", "nodemesh-ca")["data"]["root-key.pem"]
    for name, text in files.items():
        expect("PRIVATE KEY" not in text and secret[:80] not in text, f"{name} of the report has a private key")
    os.unlink(path)


@contextlib.contextmanager
def dashboard():
    # A shell's background job ignores Ctrl-C, and so would what it starts.
    process = subprocess.Popen([f"{HERE}/cluster", "run", "--name", NAME, NODEMESH, "dashboard", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        words = process.stdout.readline().split()
        address = next((w for w in words if w.startswith("http://")), None)
        expect(address, f"dashboard says no address: {words}")
        yield address
        process.send_signal(signal.SIGINT)
        same("dashboard's exit code", process.wait(30), 0)
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()


def the_dashboard_serves_the_mesh_to_this_machine_alone():
    with dashboard() as address:
        def got(*args): return run("nsenter", f"--net={CP}", "curl", "-s", "--max-time", "30", "-w", "\n%{http_code}", *args, check=False).stdout.rsplit("\n", 1)
        page, code = got(address)
        expect(code == "200" and "<html" in page.lower(), f"the page: {code} {page[:200]}")
        same("to a name that is not loopback's", got("-H", "Host: mesh.example", address)[1], "403")

        def edges():
            one_call()
            state = json.loads(got(address.rstrip("/") + "/api/mesh")[0])
            same("the proxies", sorted(p["node"] for p in state["proxies"]), ["n1", "n2"])
            same("workloads of the shop", sum(1 for w in state["workloads"] if w["namespace"] == "shop" and w["inMesh"]), 4)
            return any(e["source"] == "shop/web" and "catalog" in e["destination"] and e["security"] == "mutual_tls" and e["connections"] > 0 for e in state["edges"])
        eventually("who talks to whom is shown", edges)
