"""What the manifests keep running: Deployments, Jobs, and the Services that lead to their pods."""

import threading
import time

import net
from pod import Pod
from postgres import Postgres


class Workloads:
    def __init__(self, cluster):
        self.cluster, self.pods, self.deployments = cluster, [], {}
        self.names, self.lock, self.known = net.Names(), threading.RLock(), None
        self.ended_badly = []
        services = [o for (kind, _), o in cluster.objects.items() if kind == "Service"]
        self.services = {s["metadata"]["name"]: s["spec"] for s in services}
        with_address = [n for n, s in self.services.items() if s.get("clusterIP") != "None"]
        self.addresses = {name: f"10.79.0.{n + 1}" for n, name in enumerate(sorted(with_address))}
        self.policies = [o["spec"] for (kind, _), o in cluster.objects.items() if kind == "NetworkPolicy"]
        threading.Thread(target=self._follow, daemon=True).start()

    # ---- pods ----

    def pod(self, owner, template, kind=Pod):
        with self.lock:
            pod = kind(self.cluster, owner, template)
            self.pods.append(pod)
            self.publish()
        return pod

    def start(self, owner, template, kind=Pod):
        pod = self.pod(owner, template, kind)
        threading.Thread(target=pod.live, daemon=True).start()
        return pod

    def remove(self, pod):
        """Ends a pod as `kubectl delete pod` does; its endpoints go at once."""
        pod.ending, pod.ready = True, False
        self.publish()
        if not pod.terminate():
            self.ended_badly.append(pod.name)
        with self.lock:
            self.pods.remove(pod)
            net.unplug(pod.namespace)
            self.publish()

    def job(self, name, job):
        pod = self.pod(name, job["spec"]["template"])

        def work():
            pod.run_to_end(job["spec"].get("backoffLimit", 6))
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return pod, thread

    # ---- Services ----

    def behind(self, spec):
        return [p for p in self.pods if p.ready and not p.ending and net.matches({"matchLabels": spec["selector"]}, p.labels)]

    def publish(self):
        """Names and policies follow the pods."""
        with self.lock:
            ready = {name: [p.address for p in self.behind(spec)] for name, spec in self.services.items()}
            for name, found in ready.items():
                self.names.table[name] = [self.addresses[name]] if name in self.addresses else found
            led = [(self.addresses[name], port["port"],
                    [f"{p.address} . {p.port(p.spec['containers'][0], port['targetPort'])}" for p in self.behind(self.services[name])])
                   for name in self.addresses for port in self.services[name]["ports"]]
            now = ([p.name for p in self.pods], led)
            if now != self.known:
                self.known = now
                net.enforce(self.pods, self.policies, led)

    def _follow(self):
        while True:
            time.sleep(0.3)
            self.publish()

    # ---- Deployments ----

    def deploy(self, name, deployment):
        found = Deployment(self, name, deployment)
        self.deployments[name] = found
        return found


class Deployment:
    """Pods of one template: as many as asked for, replaced one by one when rolled."""

    def __init__(self, workloads, name, described):
        self.workloads, self.name, self.spec = workloads, name, described["spec"]
        self.pods = []
        kind = Postgres if described["kind"] == "StatefulSet" else Pod
        self.make = lambda: workloads.start(name, self.spec["template"], kind)
        for _ in range(self.spec.get("replicas", 1)):
            self.pods.append(self.make())

    def available(self):
        least = self.spec.get("minReadySeconds", 0)
        return [p for p in self.pods if p.ready_since and time.monotonic() - p.ready_since >= least]

    def wait(self, limit=240):
        until = time.monotonic() + limit
        while len(self.available()) < len(self.pods):
            for pod in self.pods:
                if pod.broken:
                    raise pod.broken
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name}: {len(self.available())} of {len(self.pods)} pods are available; "
                                   f"see {self.pods[-1].log}")
            time.sleep(0.3)

    def scale(self, replicas):
        """Up is waited for; down, the pods end side by side."""
        while len(self.pods) < replicas:
            self.pods.append(self.make())
        gone = [self.pods.pop() for _ in range(len(self.pods) - replicas)]
        ending = [threading.Thread(target=self.workloads.remove, args=(p,)) for p in gone]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        self.wait()

    def roll(self):
        """maxSurge 1, maxUnavailable 0: a new one first, then an old one goes."""
        for old in list(self.pods):
            self.pods.append(self.make())
            self.wait()
            self.pods.remove(old)
            self.workloads.remove(old)
