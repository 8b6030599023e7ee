"""The rehearsal itself: everything is applied at once, a call is placed, and then, under load, pods are
killed, scaled and rolled. It fails when a request fails, a lead is lost or an edge is open that no
policy lists."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import yaml

import certificates
import edges
import net
from pod import Cluster
from workloads import Workloads

HERE = pathlib.Path(__file__).resolve().parent.parent
DID = "+41225394512"


def say(text):
    print(f"{time.strftime('%H:%M:%S', time.gmtime())}Z  {text}", flush=True)


def rendered(mtls, work):
    overlay = HERE / "overlays/local"
    if mtls:
        overlay = certificates.overlay(HERE, work)
    text = subprocess.run(["kubectl", "kustomize", "--load-restrictor=LoadRestrictionsNone", overlay],
                          check=True, capture_output=True, text=True).stdout
    return {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(text) if o}


def acknowledged(response):
    try:
        return (json.loads(response) if isinstance(response, str) else response or {}).get("ok") is True
    except ValueError:
        return False


class Calls:
    """Calls through the twin, one after the other from each of some callers, until stopped."""

    def __init__(self, twin):
        self.twin, self.placed, self.wrong, self.acknowledged = twin, 0, [], set()
        self.stopped, self.number, self.lock = threading.Event(), 0, threading.Lock()

    def place(self):
        with self.lock:
            self.number += 1
            caller = f"+4179{1000000 + self.number}"
        body = json.dumps({"from": caller, "to": DID, "scenario": "plumbing-french"}).encode()
        asked = urllib.request.Request(f"{self.twin}/admin/calls", body, {"content-type": "application/json"})
        with urllib.request.urlopen(asked, timeout=90) as answer:
            outcome = json.load(answer)
        self.placed += 1
        why = self.wrong_with(outcome)
        if why:
            self.wrong.append(f"{why}: {json.dumps(outcome)[:1500]}")
        if any(acknowledged(call["response"]) for call in outcome["tool_calls"]):
            self.acknowledged.add(outcome["conversation_id"])
        return outcome

    @staticmethod
    def wrong_with(outcome):
        if outcome["status"] != "completed" or not outcome["conversation_id"]:
            return "the agent did not answer"
        if (outcome["answer_ms"] or 9999) > 3000:
            return "answered after 3 s (R15)"
        if not any(acknowledged(call["response"]) for call in outcome["tool_calls"]):
            return "no lead was acknowledged"
        return None

    def keep_calling(self, callers):
        def go():
            while not self.stopped.is_set():
                try:
                    self.place()
                except OSError as error:
                    self.wrong.append(f"the twin did not answer: {error}")
                self.stopped.wait(0.5)
        self.threads = [threading.Thread(target=go, daemon=True) for _ in range(callers)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


def operator(workloads, cluster, *args):
    """Runs `bord` as the operator's Job runs it, and returns what it prints."""
    template = json.loads(json.dumps(cluster.find("Job", "sample-live")["spec"]["template"]))
    template["spec"].pop("initContainers", None)
    template["spec"]["containers"][0]["args"] = list(args)
    pod = workloads.pod("operator", template)
    pod.run_to_end(0)
    told = pod.log.read_text()
    workloads.remove(pod)
    return pod.done, told


def main():
    parser = argparse.ArgumentParser(prog="k8s/rehearse")
    parser.add_argument("--mtls", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--binaries", type=pathlib.Path, default=HERE.parent / "target/debug")
    args = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="bord-rehearsal."))
    work.chmod(0o755)
    net.node()
    objects = rendered(args.mtls, work)
    certificates.issue(objects, work)
    cluster = Cluster(objects, args.binaries.resolve(), work)
    workloads = Workloads(cluster)

    say(f"{len(objects)} objects are applied at once; logs in {work}")
    began = time.monotonic()
    for (kind, name), described in objects.items():
        if kind in ("Deployment", "StatefulSet") and name not in ("jaeger", "otel-collector"):
            workloads.deploy(name, described)
    jobs = {name: workloads.job(name, o) for (kind, name), o in objects.items() if kind == "Job"}
    for deployment in workloads.deployments.values():
        deployment.wait()
    say(f"{sum(len(d.pods) for d in workloads.deployments.values())} pods are available after {time.monotonic() - began:.0f} s")
    for name, (pod, thread) in jobs.items():
        thread.join(300)
        if not pod.done:
            sys.exit(f"the Job {name} did not complete: {pod.log.read_text()[-2000:]}")
    say(f"{len(jobs)} Jobs are complete, {sum(p.restarts for p, _ in jobs.values())} tries were repeated")

    twin = f"http://{workloads.deployments['vendor-twin'].pods[0].address}:8090"
    calls = Calls(twin)
    outcome = calls.place()
    if calls.wrong:
        sys.exit(f"the first call failed: {calls.wrong[0]}")
    say(f"a call was answered after {outcome['answer_ms']} ms and made a lead")

    scan = cluster.find("CronJob", "quality-scan")["spec"]["jobTemplate"]
    pod, thread = workloads.job("quality-scan", scan)
    thread.join(120)
    if not pod.done:
        sys.exit(f"the CronJob's pod failed: {pod.log.read_text()[-2000:]}")
    say("the CronJob's pod asked for a scan")

    wrong = edges.check(workloads)
    if wrong:
        sys.exit("edges: " + "; ".join(wrong))
    say("every edge that is not listed is refused, every listed one stands")

    if not args.short:
        under_load(workloads, calls)
    settle(workloads, cluster, calls)
    say("passed")


def under_load(workloads, calls):
    calls.keep_calling(3)
    time.sleep(5)
    for name in ("lead-service", "telephony-gateway", "gateway"):
        workloads.deployments[name].scale(3)
        say(f"{name} has three pods; {calls.placed} calls, {len(calls.wrong)} wrong")
    for name in ("lead-service", "telephony-gateway", "gateway"):
        workloads.deployments[name].scale(2)
    say(f"and two again; {calls.placed} calls, {len(calls.wrong)} wrong")
    rolling = [threading.Thread(target=d.roll) for n, d in workloads.deployments.items()
               if n not in ("postgres", "vendor-twin")]
    for thread in rolling:
        thread.start()
    for thread in rolling:
        thread.join()
    say(f"all six were rolled at once; {calls.placed} calls, {len(calls.wrong)} wrong")
    for name in ("roster-service", "notification-service", "quality-service"):
        workloads.remove(workloads.deployments[name].pods.pop(0))
        workloads.deployments[name].scale(2)
    say(f"a pod of the other three was deleted; {calls.placed} calls, {len(calls.wrong)} wrong")
    calls.stop()
    if calls.wrong:
        sys.exit(f"{len(calls.wrong)} of {calls.placed} calls went wrong: {calls.wrong[0]}")
    # A kill -9 may fail what was in that very process; no lead may be lost by it.
    before = len(calls.wrong)
    calls.stopped.clear()
    calls.keep_calling(3)
    for name in ("lead-service", "notification-service", "telephony-gateway", "gateway", "roster-service"):
        workloads.deployments[name].pods[0].kill()
        time.sleep(4)
        workloads.deployments[name].wait()
    calls.stop()
    say(f"five pods were killed; {calls.placed} calls, {len(calls.wrong) - before} heard of it")
    if workloads.ended_badly:
        sys.exit(f"these did not end within their grace: {workloads.ended_badly}")


def settle(workloads, cluster, calls):
    """Every call that was acknowledged is a lead that somebody has, and only one."""
    until = time.monotonic() + 120
    while True:
        done, told = operator(workloads, cluster, "leads", "--limit", "20000", "--json")
        if not done:
            sys.exit(f"bord leads: {told}")
        leads = json.loads(told)
        leads = leads["leads"] if isinstance(leads, dict) else leads
        open_ones = [l for l in leads if l["state"] in ("pending", "assigned", "incomplete", "releasing")]
        if not open_ones or time.monotonic() > until:
            break
        time.sleep(2)
    found = {lead["conversation_id"] for lead in leads}
    if not calls.acknowledged <= found:
        sys.exit(f"leads are lost: {calls.acknowledged - found}")
    if open_ones:
        sys.exit(f"leads in limbo: {open_ones[:3]}")
    done, told = operator(workloads, cluster, "check")
    if not done:
        sys.exit(f"bord check: {told}")
    say(f"{len(calls.acknowledged)} leads were acknowledged, none is lost; owners recounted: {told.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
