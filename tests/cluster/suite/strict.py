"""The profile `strict`: nothing in clear, nothing unknown, three control planes; and what the containers may do, which is the same in every profile."""
import contextlib, subprocess, sys

from .harness import *

# The control plane's own address is known: it is an endpoint of the Service kubernetes.
UNKNOWN = "172.18.0.200:8099"

CALL = "while true; do timeout 5 wget -q -O - http://{}/ >/dev/null 2>&1 && echo answered || echo refused; sleep 0.3; done"
CONTAINERS = 'for p in /proc/[0-9]*; do case "$(tr "\\0" " " <$p/cmdline 2>/dev/null)" in /usr/lib/nodemesh/%s*) grep -E "^(CapEff|Seccomp|NoNewPrivs):" $p/status;; esac; done'


def last_answer(pod, namespace="shop"): return kubectl("-n", namespace, "logs", pod, "--tail=1").strip()


@contextlib.contextmanager
def a_server_that_the_mesh_does_not_know():
    address, port = UNKNOWN.split(":")
    run("ip", "-n", f"km-{NAME}-cp", "address", "replace", f"{address}/24", "dev", "kmbr")
    server = subprocess.Popen(["nsenter", f"--net={CP}", sys.executable, "-m", "http.server", port, "--bind", address, "--directory", Settings.work], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait(30)


def strict_takes_nothing_in_clear_and_knows_nobody_else():
    nodemesh("install", "--profile", "strict", "--timeout", "240")
    done = nodemesh("check", check=False)
    expect(done.returncode == 0, done.stdout + done.stderr)
    control = kube_json("-n", SYSTEM, "get", "pods", "-l", "app=nodemesh-control")["items"]
    expect(len(control) == 3 and len({p["spec"]["nodeName"] for p in control}) == 2, "three control planes on two nodes")
    expect(kube_json("-n", SYSTEM, "get", "pdb", "nodemesh-control")["spec"]["maxUnavailable"] == 1, "a budget for disruptions")
    label("ambient")
    eventually("all pods are captured", all_captured)

    kubectl("create", "namespace", "outside")
    apply(pod_of_mesh("caller", "n1", CALL.format("cart.shop")), pod_of_mesh("stranger", "n1", CALL.format(UNKNOWN)))
    with wire() as seen:
        eventually("a pod of the mesh is answered", lambda: last_answer("caller") == "answered")
        expect(last_answer("caller") == "answered", "it is answered")
    expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    with a_server_that_the_mesh_does_not_know():
        apply(pod_of_mesh("plain", "n1", CALL.format("cart.shop"), "outside"), pod_of_mesh("free", "n1", CALL.format(UNKNOWN), "outside"))
        eventually("plaintext is refused", lambda: last_answer("plain", "outside") == "refused")
        eventually("a pod outside the mesh reaches what the mesh does not know", lambda: last_answer("free", "outside") == "answered")
        eventually("a pod of the mesh does not", lambda: last_answer("stranger") == "refused")
    expect("answered" not in kubectl("-n", "shop", "logs", "stranger"), "something unknown was reached")
    expect("answered" not in kubectl("-n", "outside", "logs", "plain"), "plaintext was taken")


def a_deny_policy_of_the_root_namespace_acts_and_goes():
    policy = {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": {"name": "nothing", "namespace": SYSTEM}, "spec": {"action": "DENY", "rules": [{}]}}
    # A replica that was just killed may be asked for a moment: the security kinds' webhook fails closed.
    eventually("the webhook takes it", lambda: apply(policy) is None, 30)
    eventually("it refuses", lambda: last_answer("caller") == "refused", 30)
    kubectl("-n", SYSTEM, "delete", "authorizationpolicies.security.istio.io", "nothing")
    eventually("it is undone", lambda: last_answer("caller") == "answered", 30)


def containers_have_the_listed_capabilities_and_seccomp():
    """NET_ADMIN 12, NET_RAW 13, SYS_PTRACE 19, SYS_ADMIN 21, DAC_OVERRIDE 1, PERFMON 38, BPF 39."""
    node = sum(1 << bit for bit in (1, 12, 13, 19, 21, 38, 39))
    for program, limit in (("nodemesh-proxy", node), ("nodemesh-agent", node), ("nodemesh-control", 0)):
        text = on_node(1, CONTAINERS % program) + on_node(2, CONTAINERS % program)
        found = [line.split() for line in text.splitlines()]
        expect(found, f"{program} runs")
        for name, value in found:
            expect(name != "CapEff:" or int(value, 16) & ~limit == 0, f"{program}: CapEff {value}")
            expect(name != "Seccomp:" or value == "2", f"{program}: no seccomp filter")
            expect(name != "NoNewPrivs:" or value == "1", f"{program}: may gain privileges")


def a_control_plane_of_three_may_die():
    for pod in kube_json("-n", SYSTEM, "get", "pods", "-l", "app=nodemesh-control")["items"][:2]:
        kubectl("-n", SYSTEM, "delete", "pod", pod["metadata"]["name"], "--grace-period=0", "--force", "--wait=false")
    a_deny_policy_of_the_root_namespace_acts_and_goes()


def strict_is_uninstalled():
    kubectl("delete", "namespace", "outside", "--wait=false")
    for pod in ("caller", "stranger"):
        delete_pod(pod)
    nodemesh("uninstall", "--purge", "--skip-confirmation", "--timeout", "180")
    label(None)
    eventually("the shop answers in clear", lambda: not one_call())
