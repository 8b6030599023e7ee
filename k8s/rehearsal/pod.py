"""A pod: the containers of a pod template as processes, in a network namespace and roots of their own.

A root holds the program and what the manifests mount, and nothing else; it cannot be written. The
process has the user of the manifests, no capability, and exactly the environment that they give.
"""

import base64
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import net

# What a program that is not static needs besides.
LIBRARIES = ("lib", "lib64", "usr/lib")


class Cluster:
    """What pods are made from: objects by kind and name, programs, files."""

    def __init__(self, objects, programs, work):
        self.objects, self.programs, self.work = objects, programs, work

    def find(self, kind, name):
        found = self.objects.get((kind, name))
        if found is None:
            raise RuntimeError(f"{kind} {name} is used and does not stand in what was rendered")
        return found

    def secret(self, name):
        plain = dict(self.find("Secret", name).get("stringData") or {})
        coded = self.find("Secret", name).get("data") or {}
        return plain | {k: base64.b64decode(v).decode() for k, v in coded.items()}

    def config(self, name):
        return self.find("ConfigMap", name).get("data") or {}


class Pod:
    """A pod of a template. `start` runs its init containers and then its container."""

    count = 0

    def __init__(self, cluster, owner, template):
        Pod.count += 1
        self.cluster, self.owner, self.spec = cluster, owner, template["spec"]
        self.labels = template["metadata"]["labels"]
        self.name = f"{owner}-{Pod.count}"
        self.namespace = f"p{Pod.count}"
        self.address = f"10.78.{1 + Pod.count // 250}.{1 + Pod.count % 250}"
        self.folder = cluster.work / self.name
        self.log = cluster.work / f"{self.name}.log"
        self.process, self.ready, self.ready_since, self.ending = None, False, None, False
        self.restarts, self.done, self.broken = 0, None, None
        net.plug(self.namespace, self.address)

    # ---- environment and files ----

    def _value(self, source):
        if "secretKeyRef" in source:
            return self.cluster.secret(source["secretKeyRef"]["name"])[source["secretKeyRef"]["key"]]
        if "configMapKeyRef" in source:
            ref = source["configMapKeyRef"]
            return self.cluster.config(ref["name"])[ref["key"]]
        return {"metadata.name": self.name, "status.podIP": self.address}[source["fieldRef"]["fieldPath"]]

    def environment(self, container):
        env = {}
        for source in container.get("envFrom") or []:
            env |= self.cluster.config(source["configMapRef"]["name"]) if "configMapRef" in source \
                else self.cluster.secret(source["secretRef"]["name"])
        for entry in container.get("env") or []:
            secret = entry.get("valueFrom", {}).get("secretKeyRef", {})
            if secret.get("optional") and ("Secret", secret["name"]) not in self.cluster.objects:
                continue
            value = entry["value"] if "value" in entry else self._value(entry["valueFrom"])
            env[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda m: env.get(m[1], m[0]), value)
        return env

    def _volume(self, volume, group):
        place = self.folder / "volumes" / volume["name"]
        if place.exists():
            return place
        place.mkdir(parents=True)
        if "configMap" in volume:
            files = self.cluster.config(volume["configMap"]["name"])
        elif "secret" in volume:
            files = self.cluster.secret(volume["secret"]["secretName"])
        else:
            files = {}
            shutil.chown(place, group=group)
            place.chmod(0o2775)
        # As a kubelet does it: links to links, so that all files change at once.
        real = place / "..2026_01_01"
        if files:
            real.mkdir()
            (place / "..data").symlink_to(real.name)
        for name, text in files.items():
            (real / name).write_text(text)
            shutil.chown(real / name, group=group)
            (real / name).chmod(0o440 if "secret" in volume else 0o644)
            (place / name).symlink_to(f"..data/{name}")
        return place

    def command(self, container):
        """The command that becomes the container's process, by exec all the way."""
        program = container["image"].split("/")[-1].split(":")[0]
        binary = self.cluster.programs / program
        if not binary.exists():
            raise RuntimeError(f"{container['image']}: there is no {binary}")
        root = self.folder / container["name"]
        for folder in ("etc", "proc", "dev"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(pathlib.Path(__file__).parent.parent / "nsswitch.conf", root / "etc")
        (root / "etc/resolv.conf").write_text(
            f"search {net.DOMAIN} svc.cluster.local cluster.local\nnameserver {net.NODE}\noptions ndots:5\n")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{self.address} {self.name}\n")
        (root / program).touch()
        user = {**(self.spec.get("securityContext") or {}), **(container.get("securityContext") or {})}
        uid, gid = user["runAsUser"], user["runAsGroup"]
        mounts = [(binary, program)]
        if not static(binary):
            mounts += [(pathlib.Path("/") / lib, lib) for lib in LIBRARIES if pathlib.Path("/", lib).exists()]
        volumes = {v["name"]: v for v in self.spec.get("volumes") or []}
        for mount in container.get("volumeMounts") or []:
            mounts.append((self._volume(volumes[mount["name"]], user.get("fsGroup", gid)), mount["mountPath"].lstrip("/")))
        steps = ["set -e", f"mount --bind '{root}' '{root}'"]
        for source, target in mounts:
            if source.is_dir():
                (root / target).mkdir(parents=True, exist_ok=True)
            steps.append(f"mount --bind '{source}' '{root / target}'")
        steps += [f"mount --rbind /dev '{root}/dev'", f"mount -t proc proc '{root}/proc'",
                  f"mount -o remount,bind,ro '{root}'"]
        inner = " ".join([f"'/{program}'"] + [f"'{arg}'" for arg in container.get("args") or []])
        steps.append(f"exec setpriv --no-new-privs chroot --userspec={uid}:{gid} '{root}' {inner}")
        return ["ip", "netns", "exec", self.namespace, "unshare", "--mount", "--propagation", "private",
                "sh", "-c", "\n".join(steps)]

    # ---- life ----

    def _spawn(self, container):
        env = self.environment(container) | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        with self.log.open("ab") as log:
            return subprocess.Popen(self.command(container), env=env, stdin=subprocess.DEVNULL,
                                    stdout=log, stderr=log, start_new_session=True)

    def run_to_end(self, backoff_limit):
        """A Job's pod: init containers in their order, then the container; each again when it fails."""
        for container in [*(self.spec.get("initContainers") or []), *self.spec["containers"]]:
            for attempt in range(backoff_limit + 1):
                if attempt:
                    time.sleep(min(2**attempt, 10))
                    self.restarts += 1
                if self._spawn(container).wait() == 0:
                    break
            else:
                self.done = False
                return
        self.done = True

    def live(self):
        """`serve` in a thread; what breaks the rehearsal itself is kept for whoever waits."""
        try:
            self.serve()
        except Exception as error:
            self.broken = error

    def serve(self):
        """A Deployment's pod: its container, started again when it ends."""
        container, tries = self.spec["containers"][0], 0
        while not self.ending:
            self.process = self._spawn(container)
            probes = threading.Thread(target=self._probe, args=(container, self.process), daemon=True)
            probes.start()
            self.process.wait()
            self.ready, self.ready_since = False, None
            if not self.ending:
                tries += 1
                self.restarts += 1
                time.sleep(min(2**tries, 10))

    def _probe(self, container, process):
        startup = container.get("startupProbe")
        if startup and not self._until(startup, process):
            process.send_signal(signal.SIGKILL)
            return
        readiness, failures = container["readinessProbe"], 0
        while process.poll() is None:
            good = self._asked(container, readiness)
            failures = 0 if good else failures + 1
            if good and not self.ready:
                self.ready, self.ready_since = True, time.monotonic()
            elif failures >= readiness.get("failureThreshold", 3):
                self.ready, self.ready_since = False, None
            time.sleep(readiness.get("periodSeconds", 10))

    def _until(self, probe, process):
        for _ in range(probe.get("failureThreshold", 3)):
            if process.poll() is not None:
                return False
            if self._asked(self.spec["containers"][0], probe):
                return True
            time.sleep(probe.get("periodSeconds", 10))
        return False

    def port(self, container, port):
        named = {p["name"]: p["containerPort"] for p in container.get("ports") or []}
        return named.get(port, port)

    def _asked(self, container, probe):
        limit = probe.get("timeoutSeconds", 1)
        if "httpGet" in probe:
            where = f"http://{self.address}:{self.port(container, probe['httpGet']['port'])}"
            try:
                return urllib.request.urlopen(where + probe["httpGet"]["path"], timeout=limit).status == 200
            except (OSError, urllib.error.URLError):
                return False
        return serving(f"{self.address}:{probe['grpc']['port']}", probe["grpc"].get("service", ""), limit)

    def terminate(self):
        """As a kubelet ends a pod: preStop, SIGTERM, and after the grace SIGKILL."""
        self.ending, self.ready = True, False
        began = time.monotonic()
        hook = (self.spec["containers"][0].get("lifecycle") or {}).get("preStop")
        if hook:
            time.sleep(hook["sleep"]["seconds"])
        clean = True
        if self.process and self.process.poll() is None:
            self.process.terminate()
            left = self.spec.get("terminationGracePeriodSeconds", 30) - (time.monotonic() - began)
            try:
                clean = self.process.wait(left) == 0
            except subprocess.TimeoutExpired:
                self.kill()
                clean = False
        return clean

    def kill(self):
        self.process.kill()


def static(binary):
    return b"statically" in subprocess.run(["ldd", binary], capture_output=True).stderr


def serving(address, service, limit):
    import grpc

    name = service.encode()
    with grpc.insecure_channel(address) as channel:
        ask = channel.unary_unary("/grpc.health.v1.Health/Check")
        try:
            return ask(b"\x0a" + bytes([len(name)]) + name, timeout=limit) == b"\x08\x01"
        except grpc.RpcError:
            return False
