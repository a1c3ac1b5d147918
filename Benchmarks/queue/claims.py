"""What one claim costs: by the length of the queue, behind dead rows, and beside a tenant that owns nearly all."""
import statistics
import time

import psycopg

TENANTS = 50


class Queue:
    """Fills the table as bulk enqueueing would, and times claims through the function that workers call."""

    def __init__(self, url):
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
        self.worker = self.one("insert into rundum.worker (host, pid, process_start, lease_until) "
                               "values ('bench', 1, 1, now() + interval '1 h') returning id")

    def one(self, statement, *values):
        row = self.connection.execute(statement, values).fetchone()
        return row[0] if row else None

    def empty(self):
        self.connection.execute("truncate rundum.job, rundum.done")
        self.connection.execute("update rundum.band set floor = 0, seen = 0, low = 0")
        for priority in range(4):
            self.connection.execute(f"alter sequence rundum.clock_{priority} restart")
        self.connection.execute("update rundum.lane set vnext = '{0, 0, 0, 0}'")

    def fill(self, tenant, jobs):
        number = self.one("select rundum.tenant_number(%s)", tenant)
        self.connection.execute(
            """
            with p as (select rundum.take_places(%s, 1::smallint, %s) as first, rundum.stride(%s) as stride)
            insert into rundum.job (id, vt, tenant_id, state, kind)
            select gen_random_uuid(), p.first + p.stride * n, %s, 'queued', 'noop' from p, generate_series(0, %s - 1) n
            """, (number, jobs, number, number, jobs))

    def settle(self):
        self.connection.execute("vacuum analyze rundum.job")
        # What filling left to be written is not the claims' cost.
        self.connection.execute("checkpoint")

    def pass_floors(self, times=2):
        for _ in range(times):
            self.connection.execute("update rundum.band set passed_at = '-infinity'")
            self.connection.execute("select rundum.raise_floors()")

    def claim(self, count):
        """Milliseconds of one claim, and whose jobs it gave."""
        began = time.perf_counter()
        rows = self.connection.execute("select tenant from rundum.claim(%s, '{noop}', %s, %s)",
                                       (self.worker, count, count)).fetchall()
        return 1000 * (time.perf_counter() - began), [row[0] for row in rows]

    def median(self, count, times=40):
        for _ in range(3):
            self.claim(count)
        return statistics.median(self.claim(count)[0] for _ in range(times))


def by_length(queue):
    lines = []
    for jobs in (10_000, 100_000, 1_000_000):
        queue.empty()
        queue.fill("bench", jobs)
        queue.settle()
        lines.append(f"| 100 of {jobs:,} queued | {queue.median(100):.2f} |")
    return lines


def behind_dead(url, queue, dead=775_000):
    queue.empty()
    queue.fill("bench", dead + 20_000)
    queue.settle()
    with psycopg.connect(url) as holder:
        holder.execute("set transaction isolation level repeatable read")
        holder.execute("select count(*) from rundum.tenant")
        last = queue.one("with gone as (delete from rundum.job where vt < (select vt from rundum.job order by vt "
                         "offset %s limit 1) returning vt) select max(vt) from gone", dead)
        queue.connection.execute("select setval('rundum.clock_1', %s)", (last,))
        plain = queue.median(100, 5)
        queue.pass_floors()
        floored = queue.median(100)
        queue.connection.execute("update rundum.band set looked_at = '-infinity', passed_at = '-infinity'")
        began = time.perf_counter()
        queue.connection.execute("select rundum.raise_floors()")
        whole = 1000 * (time.perf_counter() - began)
    return [f"| 100 behind {dead:,} dead rows that a snapshot holds | {floored:.2f} |",
            f"| the same before the floor has risen | {plain:.2f} |",
            f"| the whole look, every 10 s | {whole:.2f} |"]


def beside_noise(queue):
    queue.empty()
    queue.fill("noisy", 490_000)
    for tenant in range(TENANTS):
        queue.fill(f"small-{tenant}", 10_000 // TENANTS)
    queue.settle()
    taken = [tenant for _ in range(5) for tenant in queue.claim(100)[1]]
    small = sum(tenant != "noisy" for tenant in taken) / len(taken)
    queue.pass_floors()  # As workers do each second.
    return [f"| 10 beside a tenant with 490,000 of 500,000 | {queue.median(10):.2f} |",
            f"| share of the {TENANTS} small tenants in the first 500 claims, {TENANTS / (TENANTS + 1):.3f} is even | {small:.3f} |"]


def table(url):
    """Markdown."""
    queue = Queue(url)
    lines = by_length(queue) + behind_dead(url, queue) + beside_noise(queue)
    return "\n".join(["| claim | ms |", "| --- | --- |"] + lines)
