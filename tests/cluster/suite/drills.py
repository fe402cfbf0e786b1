"""What goes wrong on a cluster, and what users see of it; docs/operations.md has the same in words."""
import os, time

from . import core
from .harness import *

ROUTE = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "drill", "namespace": "shop"}, "spec": {
    "parentRefs": [{"group": "", "kind": "Service", "name": "catalog", "port": 80}], "rules": [{"backendRefs": [{"name": "catalog", "port": 80}]}]}}
NODE_2_RUN = "/run/nodemesh"


def nodes_ready():
    conditions = [c for node in kube_json("get", "nodes")["items"] for c in node["status"]["conditions"] if c["type"] == "Ready"]
    return [c["status"] for c in conditions].count("True")


def shop_ready():
    return all(d["status"].get("availableReplicas", 0) >= 1 for d in kube_json("-n", "shop", "get", "deploy")["items"])


def replicas(count):
    kubectl("-n", SYSTEM, "scale", "deploy/nodemesh-control", f"--replicas={count}")
    eventually(f"{count} control planes", lambda: (lambda s: s.get("readyReplicas", 0) == count and s.get("replicas", 0) == count)(
        kube_json("-n", SYSTEM, "get", "deploy", "nodemesh-control")["status"]), 120)


def a_small_disk_for_the_mesh():
    """Before the installation: the directory of agent and proxy on n2 is a disk of its own."""
    on_node(2, f"mkdir -p {NODE_2_RUN} && mount -t tmpfs -o size=4m,mode=755 tmpfs {NODE_2_RUN}")


@nothing_in_clear
def etcd_that_restarts_disturbs_no_request():
    with under_load() as calls:
        cluster("stop", "etcd")
        cluster("start", "etcd")
        eventually("the API server answers", lambda: nodes_ready() == 2)
    expect(not calls.failed, f"{calls}: {calls.failed[:3]}")
    core.a_deny_policy_acts_shows_its_status_and_goes()


@nothing_in_clear
def an_api_server_that_is_away_disturbs_no_request():
    with under_load() as calls:
        cluster("stop", "kube-apiserver")
        time.sleep(Settings.api_away)
        away = len(calls.read().failed)
        cluster("start", "kube-apiserver")
        eventually("the nodes are Ready", lambda: nodes_ready() == 2 and shop_ready(), 180)
        eventually("all is well", healthy)
    say(f"{away} calls failed in {Settings.api_away} s without an API server; {calls} in all, nodes becoming Ready again included")
    expect(away == 0, f"{calls.failed[:3]}")
    core.a_deny_policy_acts_shows_its_status_and_goes()


@nothing_in_clear
def control_planes_one_three_none_one_disturb_no_request():
    for count in (3, 0, 1):
        with under_load() as calls:
            replicas(count)
            if count == 0:
                without_a_control_plane()
        expect(not calls.failed, f"with {count}: {calls}: {calls.failed[:3]}")
        if count > 0:
            core.a_deny_policy_acts_shows_its_status_and_goes()


def without_a_control_plane():
    eventually("proxy-status says so", lambda: "control" in nodemesh("proxy-status", check=False).stdout + nodemesh("proxy-status", check=False).stderr)
    refused = cluster("run", "kubectl", "apply", "-f", core.DENY_CART, check=False)
    expect(refused.returncode != 0 and "nodemesh" in refused.stderr, f"a security policy was stored unchecked: {refused.stdout}{refused.stderr}")
    say(f"kubectl apply: {refused.stderr.strip()[:160]}")
    apply(ROUTE)
    kubectl("-n", "shop", "delete", "httproute", "drill")


@nothing_in_clear
def definitions_that_are_deleted_and_made_again_take_their_policies_with_them():
    name = "authorizationpolicies.security.istio.io"
    kubectl("apply", "-f", core.DENY_CART)
    eventually("the policy refuses", lambda: any("cart" in f for f in one_call()), 30)
    kubectl("delete", "crd", name)
    eventually("it refuses no more", lambda: not one_call(), 60)
    with under_load() as calls:
        # This kubectl is older than CEL rules, and knows no field for them.
        kubectl("apply", "--server-side", "--validate=false", "-f", os.path.join(ROOT, "deploy/crds/security.istio.io_authorizationpolicies.yaml"))
        kubectl("wait", "--for=condition=Established", f"crd/{name}", "--timeout=60s")
    expect(not calls.failed, f"{calls}: {calls.failed[:3]}")
    core.a_deny_policy_acts_shows_its_status_and_goes()


@nothing_in_clear
def a_full_disk_keeps_pods_from_starting_and_disturbs_no_request():
    on_node(2, f"dd if=/dev/zero of={NODE_2_RUN}/fill bs=64k 2>/dev/null; true")
    try:
        with under_load() as calls:
            apply(pod_of_mesh("cramped", "n2", "sleep 600"))
            eventually("an event says why", lambda: any("space" in e for e in events_of("cramped")))
            say(next(e for e in events_of("cramped") if "space" in e)[-200:])
            expect(phase("cramped") == "Pending", "the pod started")
            kill_on(2, "nodemesh-agent")
            eventually("the agent is back", lambda: ready_proxies() == 2)
            on_node(2, f"rm {NODE_2_RUN}/fill")
            eventually("the pod starts", lambda: phase("cramped") == "Running", 120)
    finally:
        on_node(2, f"rm -f {NODE_2_RUN}/fill")
        delete_pod("cramped")
    expect(not calls.failed, f"{calls}: {calls.failed[:3]}")


def a_node_that_crashes_and_boots_lets_nothing_out_in_clear():
    with wire() as seen, under_load() as calls:
        cluster("node", "2", "down")
        eventually("it is NotReady", lambda: nodes_ready() == 1)
        cluster("node", "2", "up")
        eventually("it is Ready", lambda: nodes_ready() == 2, 180)
        eventually("all is well", lambda: shop_ready() and healthy(), 180)
    say(f"{calls} from the crash to the end; for {calls.longest:.1f} s there was no answer")
    expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    core.a_deny_policy_acts_shows_its_status_and_goes()


# --- a node's clock

CLOCK = "/var/run/nodemesh/clock"


def set_clock(offset):
    on_node(1, f"echo '{offset}' >{CLOCK}")


def a_clock_that_is_off_by_an_hour_is_seen_and_fails_closed():
    """libfaketime in the node proxies; only n1's has another time."""
    library = run("sh", "-c", "cd $0 && { ls libfaketime_*.deb >/dev/null 2>&1 || apt-get -o APT::Sandbox::User=root download -qq libfaketime; } && dpkg -x libfaketime_*.deb x && echo $0/x/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", Settings.work).stdout.strip()
    for node in (1, 2):
        on_node(node, f"mkdir -p /run/nodemesh; cp {library} /run/nodemesh/libfaketime.so; echo +0 >{CLOCK}")
    settings = ["LD_PRELOAD=/var/run/nodemesh/libfaketime.so", f"FAKETIME_TIMESTAMP_FILE={CLOCK}", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
    proxies_with_environment(*settings)
    try:
        with wire() as seen:
            # Certificates live for a day: an hour more is no matter, and an hour less is before they begin.
            for offset, word, works in (("+3600", "ahead", True), ("-3600", "behind", False), ("+0", None, True)):
                set_clock(offset)
                kill_on(1, "nodemesh-proxy")
                eventually(f"check says that n1's clock is {word or 'right'}", lambda: complaint_about_time() is None if word is None else word in (complaint_about_time() or ""), 120)
                if word:
                    say(complaint_about_time())
                eventually(f"with {offset} s calls {'are answered' if works else 'fail'}", lambda: answered() == works, 120)
        expect(seen["readable"] == 0, f"on the wire: {seen}")
    finally:
        proxies_with_environment(*(f"{s.split('=')[0]}-" for s in settings))
        for node in (1, 2):
            on_node(node, f"rm -f {CLOCK} /run/nodemesh/libfaketime.so")


def answered():
    try:
        return not one_call()
    except (Failed, ValueError):          # the front itself was not reached
        return False


def complaint_about_time():
    """None when check has none, and could ask the proxy."""
    checks = nodemesh("check", check=False).stdout
    if "n1 is ready" not in checks:
        raise Failed("check does not know n1")
    return next((" ".join(line.split()) for line in checks.splitlines() if "right time" in line), None)


def proxies_with_environment(*settings):
    kubectl("-n", SYSTEM, "set", "env", "ds/nodemesh-proxy", "-c", "proxy", *settings)
    kubectl("-n", SYSTEM, "rollout", "status", "ds/nodemesh-proxy", "--timeout=180s")
    eventually("all is well", healthy)
