"""The tests of NodeMesh.EndToEnd, which `make test` runs on `nodemesh local`, on this cluster's pods instead."""
import glob, os, re

from .harness import *

# Of requests as well as of connections. IPv6: these nodes have none. InKernelLeg and RealSoftware are of the machine, not of pods; an address is not used again by the CNI's host-local before all others were.
SHARED = ["Authorization", "MutualTls", "HbonePort", "Reachability", "Transfer", "NetworkPolicy", "HttpRouting", "IstioExamples", "IstioResilienceExamples", "RateLimit"]
RECOVERY = ["KilledProxy_FailsClosedAndComesBack", "StoppedProxy_CapturedPodsSendNothingInTheClear", "KilledControlPlane_TrafficGoesOnAndChangesArriveAfterItsReturn"]
COUNTS = re.compile(r"Total: (\d+), Errors: (\d+), Failed: (\d+)")


def run_tests(*selection):
    assembly = glob.glob(os.path.join(ROOT, "tests/NodeMesh.EndToEnd/bin/*/net10.0/NodeMesh.EndToEnd.dll"))
    expect(assembly, "tests/NodeMesh.EndToEnd is not built: make build")
    done = run("dotnet", max(assembly, key=os.path.getmtime), "-noLogo", "-noColor", *selection, check=False, timeout=1500,
               env={"NODEMESH_E2E_CLUSTER": NAME, "NODEMESH_E2E_NAME": NAME, "NODEMESH_E2E_TAG": VERSION})
    counts = COUNTS.search(done.stdout)
    expect(counts, f"the tests did not run: {done.stdout[-2000:]}{done.stderr[-500:]}")
    total, errors, failed = map(int, counts.groups())
    say(f"{total} tests of NodeMesh.EndToEnd, {failed + errors} failed")
    expect(total > 0 and failed + errors == 0, "\n".join(line for line in done.stdout.splitlines() if "[FAIL]" in line or line.startswith("      "))[:6000])


def the_table_of_issue_a_on_pods():
    run_tests(*(arg for name in SHARED for arg in ("-class", f"NodeMesh.EndToEnd.{name}Tests")))


def the_table_of_issue_a_about_what_dies_and_comes_back():
    methods = [f"NodeMesh.EndToEnd.RecoveryTests.{name}" for name in RECOVERY]
    if capture_mode() == "ebpf":
        methods.append("NodeMesh.EndToEnd.InKernelTests.SameNode_MovesInTheKernelAndTheLogSaysHowMuch")
    run_tests(*(arg for name in methods for arg in ("-method", name)))


def the_table_of_issue_a_on_pods_captured_the_other_way():
    the_table_of_issue_a_on_pods()


def the_table_of_issue_a_about_what_dies_and_comes_back_the_other_way():
    the_table_of_issue_a_about_what_dies_and_comes_back()


def certificates_rotate_under_load_and_break_no_connection():
    run_tests("-method", "NodeMesh.EndToEnd.RecoveryTests.Rotation_UnderLoad_BreaksNoConnection")


def its_namespaces_go():
    kubectl("delete", "namespace", "meshed", "plain", "web", "rates", "--ignore-not-found", "--wait=true")
