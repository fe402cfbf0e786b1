"""What the cases are written with: the cluster, commands on it, a load, the wire between the nodes."""
import contextlib, functools, json, os, re, signal, subprocess, sys, threading, time, urllib.error, urllib.request

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAME = os.environ.get("NODEMESH_E2E_NAME", "e2e")
NODEMESH = os.environ.get("NODEMESH", os.path.join(ROOT, "bin/nodemesh"))
IMAGES = os.environ.get("NODEMESH_IMAGES", os.path.join(ROOT, "bin/images"))
VERSION = re.search("<Version>(.*)</Version>", open(os.path.join(ROOT, "Directory.Build.props")).read()).group(1)
CP = f"/run/netns/km-{NAME}-cp"
AMBIENT = "istio.io/dataplane-mode"
SYSTEM = "nodemesh-system"

# The addresses that the tests of NodeMesh.EndToEnd know; nothing joins this cluster to others.
os.environ.setdefault("KM_NODE_NET", "172.18.0")
os.environ.setdefault("KM_POD_NET", "10.244")
CONTROL_PLANE, NODE_2 = "172.18.0.1", "172.18.0.12"

# Bytes of each packet that are kept: the first line of a request is in them, and minutes of load stay small.
PACKET = 512


class Failed(Exception):
    pass


class Settings:
    """Of this run; the main program fills it in."""
    work = None
    rolls = 20
    api_away = 40
    capture = "ebpf"
    lifetime = "24h"
    figures = {}


def run(*args, check=True, timeout=300, text_input=None, env=None):
    done = subprocess.run(args, text=True, capture_output=True, timeout=timeout, input=text_input, env={**os.environ, **(env or {})})
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(args[-6:])}: exit {done.returncode}: {done.stdout[-600:]}{done.stderr[-1500:]}")
    return done


def cluster(*args, **how): return run(f"{HERE}/cluster", args[0], "--name", NAME, *args[1:], **how)
def kubectl(*args, **how): return cluster("run", "kubectl", *args, **how).stdout
def kube_json(*args): return json.loads(kubectl(*args, "-o", "json"))
def apply(*resources): kubectl("apply", "-f", "-", text_input=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(resources)}))
def nodemesh(*args, **how): return cluster("run", NODEMESH, *args, **how)
def on_node(node, script, **how): return cluster("enter", str(node), "sh", "-c", script, **how).stdout
def say(text): print(f"    {text}", flush=True)


def expect(holds, otherwise):
    if not holds:
        raise Failed(otherwise)


def eventually(what, look, limit=90):
    end, last = time.monotonic() + limit, None
    while time.monotonic() < end:
        try:
            if look():
                return
            last = None
        except (Failed, OSError, ValueError, KeyError, IndexError, subprocess.TimeoutExpired) as error:
            last = error
        time.sleep(0.2)
    raise Failed(f"{what}: not within {limit} s{f' ({last})' if last else ''}")


# --- the load: calls of the shop's front, each of which calls others on both nodes; every call is a new connection

def failures_of(answer):
    found = []
    for call in answer["calls"]:
        if call["status"] != 200:
            found.append(f"{call['url']}: {call['status']} {call.get('error')}")
        elif call["answer"]:
            found += failures_of(call["answer"])
    return found


def ask(url, timeout=30):
    """The front answers 502, with the same words, when a call of its own fails."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return json.load(error)


def load_until_told(url, path):
    """Runs in the control plane's network, until it is told to stop; a line for each call: when it ended, and what failed."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with open(path, "w", buffering=1) as out:
        while not stopped.is_set():
            try:
                found = failures_of(ask(url))
            except (OSError, ValueError) as error:
                found = [f"{url}: {error}"]
            out.write(json.dumps([time.monotonic(), found]) + "\n")
            stopped.wait(0.05)


class Load:
    def __init__(self, path):
        self.path, self.calls, self.failed, self.longest = path, 0, [], 0.0

    def read(self):
        """What has happened so far; a call fails once, however many of the calls behind it failed."""
        self.calls, self.failed, self.longest, good = 0, [], 0.0, None
        with open(self.path) as lines:
            for line in lines:
                if not line.endswith("\n"):
                    break
                at, found = json.loads(line)
                self.calls += 1
                if found:
                    self.failed.append(found[0])
                else:
                    if good is not None and self.failed:
                        self.longest = max(self.longest, at - good)
                    good = at
        return self

    def __str__(self):
        return f"{len(self.failed)} of {self.calls} calls failed"


@contextlib.contextmanager
def under_load():
    path = os.path.join(Settings.work, f"load-{time.monotonic_ns()}")
    process = subprocess.Popen(["nsenter", f"--net={CP}", sys.executable, os.path.join(HERE, "e2e"), "--load", front(), path])
    calls = Load(path)
    try:
        eventually("the load begins", lambda: os.path.getsize(path) > 0)
        yield calls
        before = calls.read().calls
        eventually("the load goes on", lambda: calls.read().calls > before + 3)
    finally:
        process.terminate()
        process.wait(60)
        calls.read()


def front():
    pod = kube_json("-n", "shop", "get", "pods", "-l", "app=web")["items"][0]
    return f"http://{pod['status']['podIP']}:8080/"


def one_call():
    done = run("nsenter", f"--net={CP}", "curl", "-s", "--max-time", "30", front())
    return failures_of(json.loads(done.stdout))


# --- the wire between the nodes

@contextlib.contextmanager
def wire():
    """What goes between the nodes and their pods: packets of tunnels (a thousand at most), and how often HTTP can be read."""
    seen = {}
    path = os.path.join(Settings.work, f"wire-{time.monotonic_ns()}.pcap")
    inside = ["nsenter", f"--net=/run/netns/km-{NAME}-n1"]
    device = run(*inside, "ip", "-o", "route", "get", NODE_2).stdout.split(" dev ")[1].split()[0]
    process = subprocess.Popen(
        [*inside, "tcpdump", "--immediate-mode", "-i", device, "-U", "-Z", "root", "-s", str(PACKET), "-w", path, f"tcp and not host {CONTROL_PLANE}"], stderr=subprocess.PIPE)
    process.stderr.readline()
    try:
        yield seen
        time.sleep(0.5)
    finally:
        process.terminate()
        process.wait(30)
        seen["readable"] = 0
        with open(path, "rb") as capture:
            while part := capture.read(1 << 24):
                seen["readable"] += part.count(b"HTTP/1.1")
                if len(part) == 1 << 24:
                    capture.seek(-len(b"HTTP/1.1") + 1, os.SEEK_CUR)
        seen["tunnel"] = len(run("tcpdump", "-Z", "root", "-nr", path, "-c", "1000", "tcp port 15008").stdout.splitlines())
        os.unlink(path)


def nothing_in_clear(case):
    """The case, with the wire between the nodes watched from its beginning to its end."""
    @functools.wraps(case)
    def watched():
        with wire() as seen:
            case()
        expect(seen["readable"] == 0 and seen["tunnel"] > 0, f"on the wire: {seen}")
    return watched


# --- the mesh and the shop

def label(value, namespace="shop"):
    kubectl("label", "namespace", namespace, f"{AMBIENT}={value}" if value else f"{AMBIENT}-", "--overwrite")


def proxies(): return json.loads(nodemesh("proxy-status", "-o", "json", check=False).stdout)
def capture_mode(): return proxies()[0]["captureMode"]
def captured(): return sum(row["capturedPods"] for row in proxies())


def pods_of(namespace="shop"):
    """Restarts by the pods' UIDs, of those that are not on their way out."""
    pods = [p for p in kube_json("-n", namespace, "get", "pods")["items"] if "deletionTimestamp" not in p["metadata"]]
    return {p["metadata"]["uid"]: sum(c["restartCount"] for c in p["status"]["containerStatuses"]) for p in pods}


def ready_proxies():
    return kube_json("-n", SYSTEM, "get", "ds", "nodemesh-proxy")["status"].get("numberReady", 0)


def pods_in_mesh():
    """Of all namespaces with the mesh's label; what has ended, or has no network of its own, is not in it."""
    namespaces = {n["metadata"]["name"] for n in kube_json("get", "namespaces", "-l", f"{AMBIENT}=ambient")["items"]}
    return sum(1 for p in kube_json("get", "pods", "-A")["items"] if p["metadata"]["namespace"] in namespaces
               and not p["spec"].get("hostNetwork") and p["status"]["phase"] not in ("Succeeded", "Failed"))


def all_captured(mode=None):
    rows, pods = proxies(), pods_in_mesh()
    return pods > 0 and sum(row["capturedPods"] for row in rows) == pods and all(mode in (None, row["captureMode"]) for row in rows)


def healthy():
    """Both proxies serve, every pod of the shop is captured, and the shop answers."""
    return ready_proxies() == 2 and all_captured() and not one_call()


def roll(name, times):
    for _ in range(times):
        kubectl("-n", "shop", "rollout", "restart", f"deploy/{name}")
        kubectl("-n", "shop", "rollout", "status", f"deploy/{name}", "--timeout=120s")


PROGRAMS = 'for p in /proc/[0-9]*; do case "$(tr "\\0" " " <$p/cmdline 2>/dev/null)" in /usr/lib/nodemesh/%s*) %s;; esac; done'


def kill_on(node, program):
    """Inside the node's own process namespace: nothing outside of this cluster is there."""
    on_node(node, PROGRAMS % (program, "kill -9 ${p#/proc/}"))


def memory_of(program):
    """Megabytes resident, of each process of that program on the nodes."""
    found = []
    for node in (1, 2):
        found += on_node(node, PROGRAMS % (program, "grep VmRSS $p/status")).split("\n")
    return [int(line.split()[1]) // 1024 for line in found if line.strip()]


def pod_of_mesh(name, node, script, namespace="shop", image="nodemesh.local/busybox:1"):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}, "spec": {
        "nodeName": node, "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "main", "image": image, "imagePullPolicy": "Never", "command": ["/bin/sh", "-c", script]}]}}


def phase(name, namespace="shop"): return kube_json("-n", namespace, "get", "pod", name)["status"].get("phase")
def delete_pod(name, namespace="shop"): kubectl("-n", namespace, "delete", "pod", name, "--wait=true", "--ignore-not-found")


def events_of(name, namespace="shop"):
    return [e["message"] for e in kube_json("-n", namespace, "get", "events", "--field-selector", f"involvedObject.name={name}")["items"]]
