#!/usr/bin/env python3
"""What no schema knows about the rendered overlays: k8s/check.py overlay.yaml...

Versions agree with Cargo.toml; each Secret is read by those programs alone that design.md names, and each
setting by some program; every network edge of proto/callers.txt is allowed at both ends and no other
edge is; services are never reached in plain text in production; a pod's grace fits its drain; every
pod would pass Pod Security `restricted`; every alert has a runbook.
"""
import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
# Secret -> programs (a migration counts as its service).
CREDENTIALS = {
    "telephony-database": {"telephony-gateway"}, "lead-database": {"lead-service"},
    "roster-database": {"roster-service"}, "notification-database": {"notification-service"},
    "quality-database": {"quality-service"}, "twilio-voice": {"telephony-gateway"},
    "twilio-messaging": {"notification-service"}, "twilio-webhook": {"gateway"},
    "elevenlabs-api": {"telephony-gateway"}, "elevenlabs-webhook": {"gateway"},
    "mailgun-api": {"notification-service"}, "mailgun-webhook": {"gateway"},
    "dispatch-tool": {"telephony-gateway", "gateway"},
    "call-token": {"telephony-gateway", "lead-service", "gateway"},
    "link": {"lead-service", "gateway"}, "cron": {"gateway", "quality-scan"},
    "heartbeat": {"quality-service"}, "postgres-admin": {"postgres"},
}
# design.md section 6, and section 1 as proto/callers.txt has it, method by method.
PORTS = {"gateway": 8080, "telephony-gateway": 50051, "lead-service": 50052, "roster-service": 50053,
         "notification-service": 50054, "quality-service": 50055}
SERVES = {"telephony": "telephony-gateway", "lead": "lead-service", "roster": "roster-service",
          "notification": "notification-service", "quality": "quality-service"}
# Pods that call as the operator: their certificate is the operator's.
OPERATORS = ("catalog-apply", "sample-live")
# Read by libraries, not by us: OpenTelemetry's SDK, the PostgreSQL driver, and one that is only quoted.
FOREIGN = {"OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_RESOURCE_ATTRIBUTES",
           "PGSSLMODE", "PGSSLROOTCERT", "POD_NAME"}
faults = []


def fault(text):
    faults.append(text)


def calls():
    """Caller -> callees: every pair of which the table of callers allows at least one method."""
    found = {"quality-scan": {"gateway"}, "vendor-twin": {"gateway"}}
    for line in (ROOT / "proto/callers.txt").read_text().splitlines():
        method, _, names = line.partition(": ")
        if not line.startswith("bord."):
            continue
        callee = SERVES[method.split(".")[1]]
        for name in names.split():
            for caller in OPERATORS if name == "operator" else (name,):
                found.setdefault(caller, set()).add(callee)
    return found


def settings():
    """Every setting that our programs read."""
    sources = [p for top in ("services", "gateway", "tests/twin") for p in (ROOT / top).rglob("src/**/*.rs")]
    text = "\n".join(p.read_text() for p in sources)
    # The five of the databases are put together from the service's name.
    own = {f"{name.upper()}_DATABASE_URL" for name in SERVES}
    return set(re.findall(r'"([A-Z][A-Z0-9_]{2,})"', text)) | own | FOREIGN


def pods(docs):
    """Program -> (labels, pod spec)."""
    for doc in docs:
        template = {"Deployment": ["template"], "StatefulSet": ["template"], "Job": ["template"],
                    "CronJob": ["jobTemplate", "spec", "template"]}.get(doc["kind"])
        if template:
            found = doc["spec"]
            for part in template:
                found = found[part]
            yield doc["metadata"]["name"], found["metadata"]["labels"], found["spec"]


def matches(selector, labels):
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    return all(e["operator"] == "In" and labels.get(e["key"]) in e["values"]
               for e in selector.get("matchExpressions", []))


def allows(policies, direction, here, there, port):
    side = "from" if direction == "Ingress" else "to"
    for policy in policies:
        if direction not in policy["policyTypes"] or not matches(policy["podSelector"], here):
            continue
        for rule in policy.get(direction.lower(), []):
            peers = [p for p in rule.get(side, []) if "podSelector" in p and "namespaceSelector" not in p]
            if any(p["port"] == port for p in rule["ports"]) and any(
                    matches(p["podSelector"], there) for p in peers):
                return True
    return False


CALLS = calls()
SETTINGS = settings()


def check(path):
    docs = [d for d in yaml.safe_load_all(open(path)) if d]
    where = pathlib.Path(path).name
    version = re.search(r'(?m)^version = "(.+)"$', (ROOT / "Cargo.toml").read_text())[1]
    everybody = list(pods(docs))
    labels = {name: found for name, found, _ in everybody}
    configs = {d["metadata"]["name"]: d.get("data", {}) for d in docs if d["kind"] == "ConfigMap"}
    drain = int(next(d["DRAIN_SECONDS"] for d in configs.values() if "DRAIN_SECONDS" in d))
    for name, _, spec in everybody:
        if spec.get("automountServiceAccountToken") is not False:
            fault(f"{where}: {name} gets a token")
        own = spec["securityContext"]
        if not own.get("runAsNonRoot") or own.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            fault(f"{where}: {name} is not restricted")
        for container in spec.get("initContainers", []) + spec["containers"]:
            image = container["image"]
            ours = re.search(r"(^|/)bord/", image)
            given = {e["name"] for e in container.get("env", [])}
            for ref in container.get("envFrom", []):
                given |= set(configs[ref["configMapRef"]["name"]])
            for unread in sorted(given - SETTINGS) if ours else ():
                fault(f"{where}: {name} is given {unread}, which nothing reads")
            if where.startswith("production") and "ALLOW_PLAINTEXT" in given:
                fault(f"{where}: {name} allows plain text")
            if ours and spec.get("terminationGracePeriodSeconds") is not None and container.get("lifecycle"):
                sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
                # Behind the drain limit the process ends at the latest after 2 s, its tasks after 2 more.
                needed = sleep + drain + 4
                if spec["terminationGracePeriodSeconds"] <= needed:
                    fault(f"{where}: {name} is killed within the {needed} s that a stop may take")
            if ours and not image.endswith(f":{version}"):
                fault(f"{where}: {name} runs {image}, the workspace is {version}")
            if container["securityContext"].get("capabilities", {}).get("drop") != ["ALL"]:
                fault(f"{where}: {name} keeps capabilities")
            if not {"cpu", "memory"} <= set(container["resources"]["limits"]):
                fault(f"{where}: {name} has no limits")
            for env in container.get("env", []):
                ref = env.get("valueFrom", {}).get("secretKeyRef")
                if not ref:
                    continue
                secret = re.sub(r"-[a-z0-9]{10}$", "", ref["name"])
                if name.removesuffix("-migrate") not in CREDENTIALS.get(secret, ()):
                    fault(f"{where}: {name} reads the Secret {secret}")
                if name.endswith("-migrate") and not secret.endswith("-database"):
                    fault(f"{where}: {name} reads more than its database's Secret")
    policies = [d["spec"] for d in docs if d["kind"] == "NetworkPolicy"]
    if not any(p["podSelector"] == {} and set(p["policyTypes"]) == {"Ingress", "Egress"}
               and not p.get("ingress") and not p.get("egress") for p in policies):
        fault(f"{where}: nothing is denied by default")
    for caller in labels:
        for callee, port in PORTS.items():
            if caller == callee:
                continue
            wanted = callee in CALLS.get(caller, ())
            leaves = allows(policies, "Egress", labels[caller], labels[callee], port)
            arrives = allows(policies, "Ingress", labels[callee], labels[caller], port)
            if leaves != wanted or arrives != wanted:
                fault(f"{where}: {caller} -> {callee}: wanted {wanted}, leaves {leaves}, arrives {arrives}")
    if where.startswith("production"):
        for doc in docs:
            if doc["kind"] == "Secret":
                fault(f"{where}: a Secret stands in a file: {doc['metadata']['name']}")
            if doc["kind"] == "ConfigMap" and doc["metadata"]["name"].startswith("bord-addresses"):
                for key, value in doc["data"].items():
                    if key.endswith("_URL") and key != "GATEWAY_URL" and not value.startswith("https://"):
                        fault(f"{where}: {key} is plain text")
            if doc["kind"] == "ConfigMap" and any("vendor-twin" in v for v in doc.get("data", {}).values()):
                fault(f"{where}: {doc['metadata']['name']} names the vendor twin")
    headings = set(re.findall(r"(?m)^### (\w+)$", (HERE / "docs/runbooks.md").read_text()))
    for doc in docs:
        if doc["kind"] == "PrometheusRule":
            alerts = {r["alert"] for g in doc["spec"]["groups"] for r in g["rules"]}
            for name in sorted(alerts ^ headings):
                fault(f"{where}: {name} is an alert without a runbook, or the reverse")


for path in sys.argv[1:]:
    check(path)
print("\n".join(faults) or f"{len(sys.argv) - 1} overlays agree with what is written down")
sys.exit(bool(faults))
