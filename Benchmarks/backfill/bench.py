#!/usr/bin/env python3
"""A backfill of no-op items stopped by SIGKILL, SIGTERM and a crash of PostgreSQL, and what live jobs wait meanwhile.

Ends with exit code 1 when an item was not done exactly once, or when live jobs waited longer than 1.2 times their idle
95th percentile and a job's run time.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

BINARIES = pathlib.Path(os.environ["RUNDUM_BINARIES"])
KIND = "renditions"
PHOTO = "0" * 64


class Bench:
    def __init__(self, folder, items):
        self.folder, self.items = folder, items
        self.environment = dict(os.environ, RUNDUM_HOME=str(folder), DATABASE_URL="")
        self.cluster = self.tool("serve", "--home", str(folder / "postgresql"))
        facts = json.loads(self.cluster.stdout.readline())
        self.url, self.server = facts["url"], facts["pid"]

    def tool(self, *words):
        return subprocess.Popen(
            [str(BINARIES / "queue-bench"), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def rundum(self, *words):
        return subprocess.Popen(
            [str(BINARIES / "rundum"), "backfill", *words], env=self.environment, stderr=subprocess.PIPE, text=True)

    def sql(self, query):
        return subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-d", self.url, "-c", query], check=True, capture_output=True, text=True
        ).stdout.strip()

    def reach(self, share):
        wanted = int(self.items * share)
        while int(self.sql("select coalesce(max(b.fed), 0) from rundum.backfill b")) < wanted:
            time.sleep(2)  # Asking is work beside what is measured, and counting would be more.

    def live(self, seconds):
        """Sends live jobs for a while and answers the 95th percentile of their waits, in milliseconds."""
        since = self.sql("select clock_timestamp()")
        self.tool("probe", "--url", self.url, "--seconds", str(seconds)).wait()
        return self.waits(since)

    def waits(self, since):
        cells = self.sql(
            "select count(*), coalesce(percentile_cont(0.95) within group (order by extract(epoch from d.started_at"
            f" - d.created_at)) * 1000, 0) from rundum.done d where d.priority = 0 and d.created_at > '{since}'")
        count, wait = cells.split("|")
        return int(count), float(wait)

    def run(self):
        manifest = self.folder / "items.csv"
        manifest.write_text("key,sha256\n" + "".join(f"item-{n},{PHOTO}\n" for n in range(self.items)))
        self.sql("insert into rundum.blob_owner (tenant_id, sha256, bytes)"
                 f" values (rundum.tenant_number('default'), decode('{PHOTO}', 'hex'), 1)")
        worker = self.tool("work", "--url", self.url, "--kind", KIND)
        idle = self.live(20)
        start = time.monotonic()
        since = self.sql("select clock_timestamp()")
        probe = self.tool("probe", "--url", self.url, "--seconds", "100000")
        feeder = self.rundum(KIND, str(manifest))
        self.reach(0.25)
        feeder.send_signal(signal.SIGKILL)
        feeder.wait()
        feeder = self.rundum("--resume")
        self.reach(0.5)
        feeder.send_signal(signal.SIGTERM)
        feeder.wait()
        feeder = self.rundum("--resume")
        self.reach(0.75)
        # Live jobs wait for the database too, so what they waited is read before it goes.
        busy = self.waits(since)
        probe.stdin.close()
        probe.wait()
        os.kill(self.server, signal.SIGQUIT)
        _, said = feeder.communicate()
        took = time.monotonic() - start
        once = self.sql(
            "select count(*), count(distinct i.job_id), count(*) filter (where d.state = 'succeeded'),"
            " (select count(*) from rundum.done x where x.priority = 3), (select count(*) from rundum.job)"
            " from rundum.backfill_item i join rundum.done d on d.id = i.job_id")
        worker.stdin.close()
        worker.wait()
        self.cluster.stdin.close()
        self.cluster.wait()
        return idle, busy, took, once, said


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rundum-backfill-", dir="/var/tmp") as name:
        os.chmod(name, 0o755)
        idle, busy, took, once, said = Bench(pathlib.Path(name), wish.items).run()
    allowed = 1.2 * idle[1] + 1
    is_once = once == "|".join([str(wish.items)] * 4 + ["0"])
    print(f"{wish.items} items in {took:.0f} s with three stops: {wish.items / took:.0f} a second")
    print(f"items, jobs, succeeded, ended, left: {once.replace('|', ', ')}: {'each once' if is_once else 'NOT ONCE'}")
    print(f"live jobs' wait, p95: idle {idle[1]:.1f} ms of {idle[0]}, beside the backfill {busy[1]:.1f} ms of {busy[0]}"
          f" ({allowed:.1f} allowed)")
    if not is_once:
        print(said)
    sys.exit(0 if is_once and busy[1] <= allowed else 1)


main()
