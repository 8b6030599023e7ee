"""The network of a rehearsal: a bridge with a namespace for each pod, names of Services, policies.

A Service without an address of its own resolves to its ready pods; one with an address is led to a
ready pod by a rule in each pod's namespace, as kube-proxy does it. Network policies are rules of the
pod's namespace too; the node (the bridge) may always ask, as a kubelet may.
"""

import ipaddress
import socket
import struct
import subprocess
import threading

NODE = "10.78.0.1"
DOMAIN = "bord.svc.cluster.local"


def run(*command, text=None):
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}\n{text or ''}")
    return done.stdout


def node():
    run("mount", "--make-rprivate", "/")
    run("mkdir", "-p", "/run/netns")
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "pods", "type", "bridge")
    run("ip", "addr", "add", f"{NODE}/16", "dev", "pods")
    run("ip", "link", "set", "pods", "up")


def plug(namespace, address):
    """A namespace with the address, on the bridge."""
    link = "v" + address.split(".", 2)[2].replace(".", "-")
    run("ip", "netns", "add", namespace)
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace)
    run("ip", "link", "set", link, "master", "pods", "up")
    inside = ["ip", "-n", namespace]
    run(*inside, "addr", "add", f"{address}/16", "dev", "eth0")
    run(*inside, "link", "set", "lo", "up")
    run(*inside, "link", "set", "eth0", "up")
    run(*inside, "route", "add", "default", "via", NODE)


def unplug(namespace):
    run("ip", "netns", "del", namespace)


class Names:
    """The cluster's name server."""

    def __init__(self):
        self.table = {}
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            listener = socket.socket(socket.AF_INET, kind)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((NODE, 53))
            serve = self._datagrams if kind == socket.SOCK_DGRAM else self._streams
            threading.Thread(target=serve, args=(listener,), daemon=True).start()

    def _datagrams(self, listener):
        while True:
            asked, peer = listener.recvfrom(4096)
            listener.sendto(self._answer(asked), peer)

    def _streams(self, listener):
        listener.listen(16)
        while True:
            peer, _ = listener.accept()
            with peer:
                length = struct.unpack("!H", peer.recv(2))[0]
                answer = self._answer(peer.recv(length))
                peer.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, asked):
        labels, at = [], 12
        while asked[at]:
            labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
            at += 1 + asked[at]
        kind = struct.unpack("!H", asked[at + 1 : at + 3])[0]
        question = asked[12 : at + 5]
        name = ".".join(labels).lower()
        known = name.endswith("." + DOMAIN) and name[: -len(DOMAIN) - 1] in self.table
        found = self.table[name[: -len(DOMAIN) - 1]] if known and kind == 1 else []
        head = struct.pack("!HHHHHH", struct.unpack("!H", asked[:2])[0],
                           0x8580 if known else 0x8583, 1, len(found), 0, 0)
        records = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 5, 4) + ipaddress.ip_address(address).packed
            for address in found
        )
        return head + question + records


def matches(selector, labels):
    if selector is None:
        return False
    for name, value in (selector.get("matchLabels") or {}).items():
        if labels.get(name) != value:
            return False
    for rule in selector.get("matchExpressions") or []:
        value, values = labels.get(rule["key"]), rule.get("values") or []
        good = {
            "In": value in values,
            "NotIn": value not in values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }[rule["operator"]]
        if not good:
            return False
    return True


def _addresses(peer, pods):
    """nft's address sets of one `from` or `to`."""
    if "ipBlock" in peer:
        block = ipaddress.ip_network(peer["ipBlock"]["cidr"])
        # All that is here are pods, within what the exceptions name.
        inside = [ipaddress.ip_network(e) for e in peer["ipBlock"].get("except") or []]
        return [p.address for p in pods
                if ipaddress.ip_address(p.address) in block
                and not any(ipaddress.ip_address(p.address) in e for e in inside)]
    if "namespaceSelector" in peer:
        wanted = (peer["namespaceSelector"] or {}).get("matchLabels") or {}
        # The name server is the node's; other namespaces have no pods here.
        return [NODE] if wanted.get("kubernetes.io/metadata.name") == "kube-system" else []
    return [p.address for p in pods if matches(peer.get("podSelector"), p.labels)]


def _rules(pod, pods, policies, way):
    kind, peers, side = ("Ingress", "from", "saddr") if way == "in" else ("Egress", "to", "daddr")
    selecting = [p for p in policies
                 if kind in p["policyTypes"] and matches(p["podSelector"], pod.labels)]
    if not selecting:
        return "accept", []
    rules = []
    for policy in selecting:
        for rule in policy.get(kind.lower()) or []:
            ports = [f"{p.get('protocol', 'TCP').lower()} dport {p['port']}"
                     for p in rule.get("ports") or []] or [""]
            if peers not in rule:
                rules += [f"{port} accept" for port in ports]
                continue
            found = sorted({a for peer in rule[peers] for a in _addresses(peer, pods)})
            if found:
                rules += [f"ip {side} {{ {', '.join(found)} }} {port} accept" for port in ports]
    return "drop", rules


def enforce(pods, policies, services):
    """Writes every pod's rules: what policies allow, and where Services with an address lead."""
    for pod in pods:
        chains = []
        for way, hook in (("in", "input"), ("out", "output")):
            policy, rules = _rules(pod, pods, policies, way)
            own = f"ip saddr {NODE} accept" if way == "in" else ""
            lines = ["oif lo accept" if way == "out" else "iif lo accept",
                     "ct state established,related accept", own, *rules]
            body = "\n".join(line for line in lines if line)
            # Refused at once, so that a missing edge is seen and not waited for.
            refuse = "reject with icmp type admin-prohibited" if policy == "drop" else ""
            chains.append(f"chain {way} {{ type filter hook {hook} priority 0; policy accept;\n{body}\n{refuse}\n}}")
        led = []
        for address, port, targets in services:
            if targets:
                places = ", ".join(f"{n} : {t}" for n, t in enumerate(targets))
                led.append(f"ip daddr {address} tcp dport {port} dnat ip to numgen random mod "
                           f"{len(targets)} map {{ {places} }}")
            else:
                led.append(f"ip daddr {address} tcp dport {port} drop")
        chains.append("chain lead { type nat hook output priority -100;\n" + "\n".join(led) + "\n}")
        table = "table inet pod\ndelete table inet pod\ntable inet pod {\n" + "\n".join(chains) + "\n}\n"
        run("ip", "netns", "exec", pod.namespace, "nft", "-f", "-", text=table)
