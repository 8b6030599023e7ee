"""The edges between pods, tried one by one: what the design lists stands, everything else is refused."""

import subprocess

SERVICES = {"telephony-gateway": 50051, "lead-service": 50052, "roster-service": 50053,
            "notification-service": 50054, "quality-service": 50055}
# design.md, section 1: calls run one way.
LISTED = {
    "gateway": {"telephony-gateway", "lead-service", "notification-service", "quality-service"},
    "quality-service": {"telephony-gateway", "lead-service", "roster-service", "notification-service"},
    "lead-service": {"roster-service", "notification-service"},
    "roster-service": {"notification-service"},
    "telephony-gateway": set(),
    "notification-service": set(),
    "vendor-twin": set(),
}
TO_DATABASE = {*SERVICES}
TO_TWIN = {"telephony-gateway", "notification-service", "quality-service"}

TRY = """
import socket, sys
for place in sys.argv[1:]:
    address, port = place.rsplit(":", 1)
    try:
        socket.create_connection((address, int(port)), 1).close()
        print("open")
    except OSError:
        print("refused")
"""


def check(workloads):
    first = {name: d.pods[0] for name, d in workloads.deployments.items()}
    wrong = []
    for caller in LISTED:
        edges = [(f"{to}:{port}", to in LISTED[caller]) for to, port in SERVICES.items() if to != caller]
        edges += [("postgres:5432", caller in TO_DATABASE), ("vendor-twin:8090", caller in TO_TWIN),
                  ("gateway:8080", caller == "vendor-twin")]
        edges += [(f"{to}:9090", False) for to in SERVICES]
        edges = [(to, listed) for to, listed in edges if to.split(":")[0] != caller]
        places = [f"{first[to.split(':')[0]].address}:{to.split(':')[1]}" for to, _ in edges]
        asked = subprocess.run(["ip", "netns", "exec", first[caller].namespace, "python3", "-c", TRY, *places],
                               capture_output=True, text=True, check=True).stdout.split()
        for (to, listed), found in zip(edges, asked):
            if (found == "open") != listed:
                wrong.append(f"{caller} -> {to} is {found}")
    return wrong
