"""`p4ir serve` at its capacity for a while: errors, latencies, memory.

    python -m benchmarks.soak [--seconds 600] [--clients 200] [--adapter NAME] [--output FILE]

The model is a stub that takes 50 ms for a batch, unless an adapter is named. Clients ask for
rules of one to four clauses, again and again; one that is turned away comes again when it was
told to. The status is 1 where anything but 200 and 429 was answered, or where memory grew by
more than 5% behind the first fifth of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2
import psutil

from benchmarks.frame import Figure, machine, table, versions

PAUSE_S = 0.05
MOST_GROWTH = 0.05
PACKAGES = ("p4ir", "fastapi", "uvicorn")


def main() -> int:
    """Soak a server, print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--adapter", help="adapter to serve (default: a stub)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="Markdown file to write")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.adapter)
        return 0
    command = [sys.executable, "-m", "benchmarks.soak", "--serve"]
    command += ["--adapter", args.adapter] if args.adapter else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        soak = Soak(server.stdout.readline().strip(), psutil.Process(server.pid))
        asyncio.run(soak.run(args.seconds, args.clients))
        server.terminate()
    what = f"adapter {args.adapter}" if args.adapter else "a stub"
    lines = [f"# Soak of {args.seconds:.0f} s with {args.clients} clients, {what}", ""]
    lines += [f"{machine()}; {versions(PACKAGES)}.", "", *table(soak.figures()), ""]
    lines += [f"Ended with status {server.returncode}; errors: {dict(soak.errors()) or 'none'}."]
    print("\n".join(lines))
    if args.output:
        args.output.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return int(bool(soak.errors()) or soak.growth() > MOST_GROWTH or server.returncode != 0)


def serve(adapter: str | None) -> None:
    """Serve an adapter or a stub, until told to stop."""
    from benchmarks.stub import StubInterpreter
    from p4ir.engines.local import LocalEngine
    from p4ir.inference.interpreter import Interpreter
    from p4ir.serve.app import create_app, warm_up
    from p4ir.serve.server import run

    writer = Interpreter(adapter=adapter) if adapter else StubInterpreter(pause_s=PAUSE_S)
    engine = LocalEngine(writer)
    app = create_app(engine, batch_size=writer.batch_size, clause_s=warm_up(engine))
    run(app, host="127.0.0.1", port=0, grace_s=60, ready=lambda url: print(url, flush=True))


class Soak:
    """Clients of a server, and what they saw."""

    def __init__(self, url: str, server: psutil.Process) -> None:
        self._url, self._server = url, server
        self.statuses: Counter[str] = Counter()
        self.seconds: list[float] = []
        """Time of each answer with rules, in seconds."""
        self.memory_mb: list[float] = []
        """The server's memory, once a second."""
        self._length_s = 1.0

    async def run(self, seconds: float, clients: int) -> None:
        """Keep all clients asking for some time."""
        started = time.monotonic()
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(timeout=120, limits=limits) as client:
            tasks = [self._ask(client, n, started + seconds) for n in range(clients)]
            await asyncio.gather(self._watch(started + seconds), *tasks)
        self._length_s = time.monotonic() - started

    async def _ask(self, client: httpx2.AsyncClient, number: int, until: float) -> None:
        rng = random.Random(number)
        while time.monotonic() < until:
            count = rng.randint(1, 4)
            some = [f"Door {rng.random()} shall have a handle." for _ in range(count)]
            started = time.monotonic()
            try:
                answer = await client.post(f"{self._url}/interpret", json={"clauses": some})
            except httpx2.HTTPError as error:
                self.statuses[type(error).__name__] += 1
                continue
            self.statuses[str(answer.status_code)] += 1
            if answer.status_code == 200:
                assert [each["clause"] for each in answer.json()["results"]] == some
                self.seconds.append(time.monotonic() - started)
            elif answer.status_code == 429:
                await asyncio.sleep(int(answer.headers["Retry-After"]))

    async def _watch(self, until: float) -> None:
        while time.monotonic() < until:
            self.memory_mb.append(self._server.memory_info().rss / 1e6)
            await asyncio.sleep(1)

    def growth(self) -> float:
        """Return by how much memory grew behind the first fifth of the time, as a share."""
        start = len(self.memory_mb) // 5
        return max(self.memory_mb[start:]) / self.memory_mb[start] - 1

    def errors(self) -> Counter[str]:
        """Return what was answered besides rules and 429."""
        return Counter({k: n for k, n in self.statuses.items() if k not in ("200", "429")})

    def figures(self) -> list[Figure]:
        """Return the lines of the table."""
        cuts = statistics.quantiles(self.seconds, n=100)
        memory = (self.memory_mb[len(self.memory_mb) // 5], self.memory_mb[-1])
        return [
            Figure("answers with rules", (self.statuses["200"] / self._length_s,), "a second"),
            Figure("turned away (429)", (self.statuses["429"] / self._length_s,), "a second"),
            Figure("time to rules, half of the requests", (cuts[49],)),
            Figure("time to rules, 99% of the requests", (cuts[98],)),
            Figure("memory, after a fifth and at the end", memory, "MB"),
            Figure("growth of memory", (100 * self.growth(),), "%"),
        ]


if __name__ == "__main__":
    sys.exit(main())
