"""The peers: peer.py pgqueuer|procrastinate install|enqueue|drain|latency --url URL [--jobs N] [--processes N] [--batch N].

No-op jobs; prints one JSON object. Each process of a drain is one event loop with its own connection.
"""
import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import sys
import time

import asyncpg
import procrastinate
import pgqueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode


def cpu():
    """CPU seconds of this process and of its ended children."""
    each = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in each)


class PGQueuer:
    """pgqueuer over asyncpg, its fastest driver."""

    def __init__(self, url):
        self.url = url

    async def install(self):
        connection = await asyncpg.connect(self.url)
        await Queries(AsyncpgDriver(connection)).install()
        await connection.close()

    async def enqueue(self, jobs):
        connection = await asyncpg.connect(self.url)
        queries = Queries(AsyncpgDriver(connection))
        for start in range(0, jobs, 10_000):
            count = min(10_000, jobs - start)
            await queries.enqueue(["noop"] * count, [None] * count, [0] * count)
        await connection.close()

    async def work(self, batch, mode, started=None):
        connection = await asyncpg.connect(self.url)
        queue = pgqueuer.PgQueuer(AsyncpgDriver(connection))

        @queue.entrypoint("noop")
        async def noop(_job):
            if started:
                await started.put(time.perf_counter())

        await queue.qm.run(batch_size=batch, mode=mode)

    async def drain(self, batch):
        await self.work(batch, QueueExecutionMode.drain)

    async def latency(self, jobs):
        started = asyncio.Queue()
        worker = asyncio.create_task(self.work(1, QueueExecutionMode.continuous, started))
        connection = await asyncpg.connect(self.url)
        queries = Queries(AsyncpgDriver(connection))
        await asyncio.sleep(1)
        taken = []
        for _ in range(jobs):
            await asyncio.sleep(random.uniform(.04, .08))
            asked = time.perf_counter()
            await queries.enqueue("noop", None)
            taken.append(1000 * (await started.get() - asked))
        worker.cancel()
        return taken


class Procrastinate:
    """procrastinate over psycopg's pool, jobs deleted when they are done."""

    def __init__(self, url):
        self.url = url
        self.started = None
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=12))

        @self.app.task(name="noop")
        async def noop():
            if self.started:
                await self.started.put(time.perf_counter())

        self.noop = noop

    async def install(self):
        async with self.app.open_async():
            await self.app.schema_manager.apply_schema_async()

    async def enqueue(self, jobs):
        async with self.app.open_async():
            for start in range(0, jobs, 1000):
                await self.noop.batch_defer_async(*({} for _ in range(min(1000, jobs - start))))

    async def drain(self, batch):
        async with self.app.open_async():
            await self.app.run_worker_async(concurrency=batch, wait=False, delete_jobs="always",
                                            install_signal_handlers=False)

    async def latency(self, jobs):
        self.started = asyncio.Queue()
        async with self.app.open_async():
            worker = asyncio.create_task(self.app.run_worker_async(install_signal_handlers=False))
            await asyncio.sleep(1)
            taken = []
            for _ in range(jobs):
                await asyncio.sleep(random.uniform(.04, .08))
                asked = time.perf_counter()
                await self.noop.defer_async()
                taken.append(1000 * (await self.started.get() - asked))
            worker.cancel()
        return taken


PEERS = {"pgqueuer": PGQueuer, "procrastinate": Procrastinate}


def drain_once(name, url, batch):
    """One process of a drain."""
    run(PEERS[name](url).drain(batch))


def run(work):
    """On uvloop, the faster event loop."""
    import uvloop
    return uvloop.run(work)


def main():
    """Does what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("command", choices=("install", "enqueue", "drain", "latency"))
    parser.add_argument("--url", required=True)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    wish = parser.parse_args()
    peer = PEERS[wish.peer](wish.url)
    began, before = time.perf_counter(), cpu()
    figures = {}
    if wish.command == "install":
        run(peer.install())
    elif wish.command == "enqueue":
        run(peer.enqueue(wish.jobs))
    elif wish.command == "drain":
        fleet = [multiprocessing.Process(target=drain_once, args=(wish.peer, wish.url, wish.batch))
                 for _ in range(wish.processes)]
        for process in fleet:
            process.start()
        for process in fleet:
            process.join()
    else:
        taken = sorted(run(peer.latency(wish.jobs)))
        figures = {"p50": taken[len(taken) // 2], "p99": taken[len(taken) * 99 // 100], "worst": taken[-1]}
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": cpu() - before, **figures}))


if __name__ == "__main__":
    sys.exit(main())
