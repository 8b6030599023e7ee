"""The overlay's own PostgreSQL, from this machine's package instead of the image."""

import pathlib
import subprocess
import time

from pod import Pod


class Postgres(Pod):
    def serve(self):
        container = self.spec["containers"][0]
        env = self.environment(container)
        admin, password, database = (env[f"POSTGRES_{n}"] for n in ("USER", "PASSWORD", "DB"))
        binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        data = self.folder / "data"
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        (self.folder / "password").write_text(password)
        subprocess.run(["chown", "-R", "postgres", self.folder], check=True)

        def inside(*command):
            return ["ip", "netns", "exec", self.namespace, "setpriv", "--reuid", "postgres", "--regid",
                    "postgres", "--clear-groups", "env", f"PATH={binaries}:/usr/bin:/bin",
                    f"PGHOST={self.folder}", f"PGUSER={admin}", f"POSTGRES_USER={admin}",
                    f"POSTGRES_DB={database}", *command]

        def once(*command):
            done = subprocess.run(inside(*command), capture_output=True, text=True, cwd="/")
            if done.returncode:
                raise RuntimeError(f"PostgreSQL: {done.stderr}")

        once(binaries / "initdb", "-D", data, "-U", admin, "-N", "--locale=C.UTF-8",
             "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={self.folder}/password")
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all all scram-sha-256\n")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                inside(binaries / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=*",
                       "-c", "fsync=off", *(container.get("args") or [])),
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/")
        for _ in range(100):
            if subprocess.run(inside(binaries / "pg_isready"), capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        once(binaries / "createdb", database)
        init = next(v for v in self.spec["volumes"] if v["name"] == "init")
        for name, text in sorted(self.cluster.config(init["configMap"]["name"]).items()):
            script = self.folder / name
            script.write_text(text)
            script.chmod(0o644)
            once("bash", script)
        self.ready, self.ready_since = True, time.monotonic()
        self.process.wait()
