"""Certificates as cert-manager would make them of the manifests' Certificate objects, by openssl."""

import os
import subprocess

OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: bord
resources: [{here}/overlays/local]
components: [{here}/components/mtls]
patches:
  # Init containers of the sample's Job need the operator's certificate as well.
  - target: {{kind: Job, name: sample-live}}
    patch: |-
{init}
"""
SETTINGS = [("TLS_CERT", "tls.crt"), ("TLS_KEY", "tls.key"), ("TLS_CA", "ca.crt")]


def overlay(here, work):
    lines = []
    for number in (0, 1):
        path = f"/spec/template/spec/initContainers/{number}"
        if number == 0:
            lines.append(f"- {{op: add, path: {path}/env, value: []}}")
            lines.append(f"- {{op: add, path: {path}/volumeMounts/-, value: {{name: tls, mountPath: /etc/bord/tls, readOnly: true}}}}")
        else:
            lines.append(f"- {{op: add, path: {path}/volumeMounts, value: [{{name: tls, mountPath: /etc/bord/tls, readOnly: true}}]}}")
        for name, file in SETTINGS:
            lines.append(f"- {{op: add, path: {path}/env/-, value: {{name: {name}, value: /etc/bord/tls/{file}}}}}")
    folder = work / "overlay"
    folder.mkdir()
    # kustomize takes no absolute paths.
    here = os.path.relpath(here, folder)
    text = OVERLAY.format(here=here, init="\n".join("      " + line for line in lines))
    (folder / "kustomization.yaml").write_text(text)
    return folder


def issue(objects, work):
    """Adds a Secret for each Certificate, all signed by one authority of this rehearsal."""
    wanted = [o["spec"] for (kind, _), o in objects.items() if kind == "Certificate" and not o["spec"].get("isCA")]
    if not wanted:
        return
    place = work / "certificates"
    place.mkdir()

    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=place)

    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=bord", "-days", "2")
    for spec in wanted:
        name = spec["secretName"]
        openssl("req", *new_key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={spec['commonName']}")
        names = [f"DNS:{n}" for n in spec.get("dnsNames") or []] + [f"URI:{u}" for u in spec.get("uris") or []]
        usages = {"server auth": "serverAuth", "client auth": "clientAuth"}
        extended = ",".join(usages[u] for u in spec["usages"] if u in usages)
        (place / "extensions").write_text(
            f"subjectAltName={','.join(names)}\nextendedKeyUsage={extended}\nkeyUsage=digitalSignature\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", f"{name}.crt", "-days", "2", "-extfile", "extensions")
        files = {"tls.crt": f"{name}.crt", "tls.key": f"{name}.key", "ca.crt": "ca.crt"}
        data = {key: (place / file).read_text() for key, file in files.items()}
        objects[("Secret", name)] = {"kind": "Secret", "metadata": {"name": name}, "stringData": data}
