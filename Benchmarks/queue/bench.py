"""Drain, enqueue, latency and claims of the queue, beside two peers and plain SQL; one cluster, synchronous_commit on."""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import claims
import psycopg

HERE = pathlib.Path(__file__).parent
PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"


class Cluster:
    """A private PostgreSQL of the tool's, and what its processes cost."""

    def __init__(self, home):
        self.process = subprocess.Popen([os.environ["RUNDUM_QUEUE_BENCH"], "serve", "--home", str(home)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.folder = said["url"], os.readlink(f"/proc/{said['pid']}/cwd")

    def database(self, name):
        """The URL of a fresh database; our own schema is in the first one only."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return self.url.replace("/rundum?", f"/{name}?")

    def cpu(self):
        """CPU seconds of all server processes so far, the ended ones too."""
        ticks = 0
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if entry.name.isdigit() and os.readlink(entry / "cwd") == self.folder:
                    ticks += sum(map(int, (entry / "stat").read_text().rsplit(")", 1)[1].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def tool(cluster, *words):
    """Runs a program that prints its figures; adds what the server spent meanwhile."""
    before = cluster.cpu()
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(f"{' '.join(words)}\n{answer.stderr}")
    return json.loads(answer.stdout.splitlines()[-1]) | {"server": cluster.cpu() - before}


def ours(cluster, command, url, jobs, *more):
    return tool(cluster, os.environ["RUNDUM_QUEUE_BENCH"], command, "--url", url, "--jobs", str(jobs), *more)


def peer(cluster, name, command, url, jobs=0, *more):
    return tool(cluster, sys.executable, str(HERE / "peer.py"), name, command, "--url", url, "--jobs", str(jobs), *more)


def raw_drain(cluster, jobs, batch=100, clients=4):
    """The fused statement alone, by pgbench, on our own tables: the limit of plain SQL."""
    lists = [word for name in ("ids", "fences") for word in ("-D", name + "={}")]
    began, before, mine = time.perf_counter(), cluster.cpu(), os.times()
    subprocess.run([PGBENCH, "-n", "-M", "extended", "-c", str(clients), "-t", str(jobs // batch // clients + 2), "-f",
                    str(HERE / "fused.sql"), *lists, "-D", f"batch={batch}", cluster.url], capture_output=True, check=True)
    after = os.times()
    return {"seconds": time.perf_counter() - began, "server": cluster.cpu() - before,
            "cpu": after.children_user + after.children_system - mine.children_user - mine.children_system}


def raw_copy(cluster, jobs, folder):
    """COPY of ready-made lines into our own table: the limit of enqueueing."""
    file = folder / "jobs.tsv"
    with psycopg.connect(cluster.url, autocommit=True) as connection, file.open("w") as lines:
        tenant = connection.execute("select rundum.tenant_number('bench')").fetchone()[0]
        clock = connection.execute("select coalesce(max(vt), 0) from rundum.job").fetchone()[0]
        for n in range(jobs):
            lines.write(f"{time.time_ns() // 1_000_000:012x}7{n % 4096:03x}8{n:015x}\t{clock + n}\tnow\t\\N\t{tenant}\t5\t"
                        f"queued\t1\tnoop\t\\N\t{{}}\t[]\n")
    statement = (f"\\copy rundum.job (id, vt, due_at, run_at, tenant_id, max_attempts, state, priority, kind, subject, "
                 f"options, inputs) from '{file}'")
    began, before = time.perf_counter(), cluster.cpu()
    subprocess.run(["psql", "-q", "-d", cluster.url, "-c", statement], check=True)
    return {"seconds": time.perf_counter() - began, "server": cluster.cpu() - before, "cpu": 0}


def each(figures, jobs):
    """Jobs a second, and microseconds of CPU a job."""
    return {"rate": jobs / figures["seconds"], "client": 1e6 * figures["cpu"] / jobs,
            "server": 1e6 * figures["server"] / jobs}


def empty(cluster):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("truncate rundum.job, rundum.done, rundum.dependency")
        connection.execute("update rundum.band set floor = 0, seen = 0, low = 0")
        for priority in range(4):
            connection.execute(f"alter sequence rundum.clock_{priority} restart")
        connection.execute("checkpoint")


def throughput(cluster, jobs, repeat, folder):
    """Medians of alternating repetitions."""
    urls = {name: cluster.database(name) for name in ("pgqueuer", "procrastinate")}
    for name, url in urls.items():
        peer(cluster, name, "install", url)
    enqueued, drained = {}, {}

    def note(table, name, figures, count):
        table.setdefault(name, []).append(each(figures, count))

    for _ in range(repeat):
        empty(cluster)
        for batch in (100, 500):
            note(enqueued, "plain COPY", raw_copy(cluster, jobs, folder), jobs)
            note(drained, f"plain fused SQL, 4 x batch {batch}", raw_drain(cluster, jobs, batch), jobs)
            empty(cluster)
        note(enqueued, "rundum", ours(cluster, "enqueue", cluster.url, jobs), jobs)
        note(drained, "rundum", ours(cluster, "drain", cluster.url, jobs), jobs)
        for processes, batch in ((1, 100), (2, 100), (2, 500)):
            figures = peer(cluster, "pgqueuer", "enqueue", urls["pgqueuer"], jobs // 2)
            note(enqueued, "pgqueuer", figures, jobs // 2)
            figures = peer(cluster, "pgqueuer", "drain", urls["pgqueuer"], 0, "--processes", str(processes), "--batch",
                           str(batch))
            note(drained, f"pgqueuer, {processes} x batch {batch}", figures, jobs // 2)
        few = max(jobs // 50, 200)
        note(enqueued, "procrastinate", peer(cluster, "procrastinate", "enqueue", urls["procrastinate"], few), few)
        figures = peer(cluster, "procrastinate", "drain", urls["procrastinate"], 0, "--processes", "2", "--batch", "10")
        note(drained, "procrastinate, 2 x 10 at a time", figures, few)
    return urls, *({name: {key: statistics.median(one[key] for one in taken) for key in taken[0]}
                    for name, taken in table.items()} for table in (enqueued, drained))


def latency(cluster, urls, jobs):
    empty(cluster)
    figures = {"rundum": ours(cluster, "latency", cluster.url, jobs)}
    for name, url in urls.items():
        figures[name] = peer(cluster, name, "latency", url, jobs)
    return figures


def rates(title, table):
    lines = [f"| {title} | jobs a second | client us a job | server us a job | both |", "| --- " * 5 + "|"]
    return "\n".join(lines + [f"| {name} | {f['rate']:.0f} | {f['client']:.1f} | {f['server']:.1f} | "
                              f"{f['client'] + f['server']:.1f} |" for name, f in table.items()])


def main():
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="Benchmarks/queue/run", description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="", help="parts that contain this text: throughput, latency, claims")
    wish = parser.parse_args()
    text = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        cluster = Cluster(folder / "home")
        try:
            urls = {}
            if wish.only in "throughput latency":
                urls, enqueued, drained = throughput(cluster, wish.jobs, wish.repeat, folder)
                text += [rates("enqueue", enqueued), rates("drain", drained)]
            if wish.only in "latency":
                rows = latency(cluster, urls, 200)
                text.append("\n".join(["| from asking to start, idle | p50 ms | p99 ms |", "| --- " * 3 + "|"] + [
                    f"| {name} | {f['p50']:.1f} | {f['p99']:.1f} |" for name, f in rows.items()]))
            if wish.only in "claims":
                empty(cluster)
                text.append(claims.table(cluster.url))
        finally:
            cluster.close()
    report = "\n\n".join(text)
    print(report)
    out = wish.root / "evaluation-out/queue"
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.md").write_text(report + "\n")


if __name__ == "__main__":
    main()
