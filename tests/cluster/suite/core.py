"""What a user does with the mesh, in the order in which one does it, and what becomes of requests and of the wire meanwhile."""
import json, os, time

from .harness import *

DENY_CART = os.path.join(ROOT, "deploy/samples/policies/deny-cart.yaml")
BASELINE = {}


def before_the_mesh_the_shop_answers_and_can_be_read_on_the_wire():
    with wire() as seen:
        expect(not one_call(), "the shop does not answer")
    expect(seen["readable"] > 0 and seen["tunnel"] == 0, f"on the wire: {seen}")


def without_the_mesh_a_deployment_rolls_under_load():
    with under_load() as calls:
        roll("catalog", Settings.rolls)
    BASELINE["calls"] = calls
    say(f"{calls} while catalog rolled {Settings.rolls} times")


def install_makes_control_plane_and_proxies_ready_and_check_agrees():
    began = time.monotonic()
    nodemesh("install", "--timeout", "180", "--set", f"proxy.capture={Settings.capture}", "--set", "proxy.accessLog=json")
    Settings.figures["installation"] = f"{time.monotonic() - began:.0f} s"
    done = nodemesh("check", check=False)
    expect(done.returncode == 0, done.stdout + done.stderr)
    versions = json.loads(nodemesh("version", "-o", "json").stdout)
    expect(len(versions["proxies"]) == 2 and all(p["version"] == versions["client"] for p in versions["proxies"]), f"{versions}")
    Settings.figures["installed"] = time.monotonic() - began


def labelling_a_namespace_encrypts_without_a_restart_or_a_failed_request():
    before = pods_of()
    with under_load() as calls:
        began = time.monotonic()
        label("ambient")
        eventually("all pods are captured", all_captured)
    expect(not calls.failed, f"{calls}: {calls.failed[:3]}")
    expect(pods_of() == before, "a pod was restarted")
    with wire() as seen:
        expect(not one_call(), "the shop does not answer")
        since = time.monotonic() - began
    expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    Settings.figures["from install to the first mutual-TLS request"] = f"{Settings.figures.pop('installed', 0) + since:.0f} s"


def a_deny_policy_acts_shows_its_status_and_goes():
    kubectl("apply", "-f", DENY_CART)
    applied = time.monotonic()
    eventually("the policy refuses", lambda: any("cart" in f for f in one_call()), 30)
    say(f"refused {time.monotonic() - applied:.1f} s after kubectl apply")

    def accepted():
        status = kube_json("-n", "shop", "get", "authorizationpolicies.security.istio.io", "deny-cart").get("status", {})
        return any(c["type"] == "Accepted" and c["status"] == "True" for c in status.get("conditions", []))
    eventually("its status says Accepted", accepted)
    kubectl("delete", "-f", DENY_CART)
    eventually("it is undone", lambda: not one_call(), 30)


@nothing_in_clear
def a_deployment_rolls_under_load_as_without_the_mesh():
    with under_load() as calls:
        roll("catalog", Settings.rolls)
    say(f"{calls}; without the mesh {BASELINE['calls']}")
    expect(len(calls.failed) <= len(BASELINE["calls"].failed), f"{calls.failed[:3]}")


def a_pod_that_starts_in_the_mesh_sends_nothing_in_clear():
    script = "while ! wget -q -O - http://catalog/ >/tmp/answer 2>/dev/null; do :; done; wget -q -O - http://catalog/; echo done; sleep 600"
    with wire() as seen, under_load() as calls:
        apply(pod_of_mesh("eager", "n1", script))
        eventually("the pod has its answer", lambda: "done" in kubectl("-n", "shop", "logs", "eager"))
    delete_pod("eager")
    expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    expect(not calls.failed, f"{calls.failed[:3]}")


@nothing_in_clear
def an_agent_that_is_killed_disturbs_no_request_and_comes_back():
    with under_load() as calls:
        kill_on(1, "nodemesh-agent")
        eventually("it is back", lambda: ready_proxies() == 2 and all_captured())
    expect(not calls.failed, f"{calls.failed[:3]}")


def a_proxy_that_is_killed_lets_nothing_out_in_clear_and_comes_back():
    with wire() as seen, under_load() as calls:
        kill_on(1, "nodemesh-proxy")
        eventually("it is back", healthy)
    say(f"{calls} meanwhile; for {calls.longest:.1f} s there was no answer")
    expect(seen["readable"] == 0, f"on the wire: {seen}")


def a_rolling_update_of_agents_and_proxies_lets_nothing_out_in_clear():
    with wire() as seen, under_load() as calls:
        kubectl("-n", SYSTEM, "rollout", "restart", "ds/nodemesh-proxy")
        kubectl("-n", SYSTEM, "rollout", "status", "ds/nodemesh-proxy", "--timeout=180s")
        eventually("all is back", healthy)
    say(f"{calls} meanwhile; for {calls.longest:.1f} s there was no answer")
    expect(seen["readable"] == 0, f"on the wire: {seen}")


def figures_of_memory_are_taken():
    Settings.figures["memory of the control plane"] = f"{max(memory_of('nodemesh-control'))} MB"
    Settings.figures["of a proxy"] = f"{max(memory_of('nodemesh-proxy'))} MB"


def the_other_capture_takes_over_by_an_upgrade_and_does_the_same():
    other = "iptables" if capture_mode() == "ebpf" else "ebpf"
    nodemesh("upgrade", "--set", f"proxy.capture={other}", "--set", f"mesh.certificateLifetime={Settings.lifetime}", "--timeout", "240", timeout=300)
    eventually(f"all pods are captured by {other}", lambda: all_captured(other))
    with wire() as seen:
        eventually("the shop answers", lambda: not one_call())
    expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    a_deny_policy_acts_shows_its_status_and_goes()


def taking_the_label_away_makes_it_plain_without_a_failed_request():
    with under_load() as calls:
        label(None)
        eventually("no pod is captured", lambda: captured() == 0)
    expect(not calls.failed, f"{calls}: {calls.failed[:3]}")
    with wire() as seen:
        expect(not one_call(), "the shop does not answer")
    expect(seen["readable"] > 0, f"on the wire: {seen}")


def uninstall_leaves_nothing_behind():
    label("ambient")
    eventually("all pods are captured", all_captured)
    nodemesh("uninstall", "--purge", "--skip-confirmation", "--timeout", "180")
    left = kubectl("get", "clusterroles,clusterrolebindings,crds,namespaces,validatingwebhookconfigurations", "-l", "app.kubernetes.io/part-of=nodemesh", "-o", "name")
    left += kubectl("get", "configmaps", "-A", "--field-selector", "metadata.name=nodemesh-ca-root-cert", "-o", "name")
    expect(not left.strip(), f"on the cluster: {left}")
    for node in (1, 2):
        files = on_node(node, "ls -d /var/run/nodemesh/* /opt/cni/bin/nodemesh* /sys/fs/bpf/nodemesh/* /etc/cni/net.d/*nodemesh* 2>/dev/null; grep -l nodemesh /etc/cni/net.d/* 2>/dev/null; true")
        expect(not files.strip(), f"on n{node}: {files}")
        rules = on_node(node, "for n in '' $(ls /run/netns); do ${n:+nsenter --net=/run/netns/$n} nft list ruleset 2>/dev/null; ${n:+nsenter --net=/run/netns/$n} iptables-save 2>/dev/null; done | grep -i -E 'nodemesh|0x539' || true")
        expect(not rules.strip(), f"on n{node}: {rules}")
    with wire() as seen:
        expect(not one_call(), "the shop does not answer")
    expect(seen["readable"] > 0 and seen["tunnel"] == 0, f"on the wire: {seen}")
    label(None)
