"""Interpretation by other engines: the same merged weights, clauses and cores; greedy.

Each engine runs in a process of its own and converts the model that `p4ir model export`
writes. The engines take turns, so that another load on the machine falls on all of them.
Those that are not installed are left out, and standard error says why. One at a time they
write a quarter of the clauses. `same` compares with transformers' text in float32.

    pip install ctranslate2 onnxruntime-genai onnx-ir openvino-genai xllamacpp
    python -m benchmarks engines
    python -m benchmarks.engines --repeats 2 --only transformers p4ir llama.cpp
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks.engine_starts import ENGINES, Engine, Model, Tokens
from benchmarks.frame import Figure, Options, machine, table, versions

TITLE = "Engines"
PACKAGES = (
    "torch transformers llguidance ctranslate2 onnxruntime-genai openvino-genai xllamacpp"
).split()
ADAPTER = "sft"
CLAUSES = 16


class Run(NamedTuple):
    written: Tokens
    """Without the ends, which some engines give and others do not."""
    wall_s: float
    cpu_s: float
    """Of all threads, and of a server that the engine started."""

    @property
    def rate(self) -> float:
        """Tokens per second."""
        return self.tokens / self.wall_s

    @property
    def cpu_ms(self) -> float:
        """CPU time of a token."""
        return 1000 * self.cpu_s / self.tokens

    @property
    def tokens(self) -> int:
        """How many were written, the ends included."""
        return sum(len(row) + 1 for row in self.written)


def main() -> None:
    """Run some of the engines."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="how an engine's name begins")
    args = parser.parse_args()
    print(f"{machine()}.\n\n{versions(PACKAGES)}.\n")
    for line in table(measure(Options(), args.repeats, args.only)):
        print(line, flush=True)


def measure(options: Options, repeats: int = 3, only: list[str] | None = None) -> Iterator[Figure]:
    """Yield the rate of each engine and type, one at a time and together."""
    from transformers import AutoTokenizer

    from benchmarks.inference import clauses
    from p4ir.corpus.prompts import make_prompt
    from p4ir.models import find_adapter
    from p4ir.models.export import export

    count, repeats = (4, 1) if options.quick else (CLAUSES, repeats)
    engines = [e for e in ENGINES if not only or e.name.startswith(("transformers", *only))]
    with tempfile.TemporaryDirectory() as name:
        info, folder = find_adapter(ADAPTER), Path(name)
        export(folder / "hf", info, info.base)
        tokenizer = AutoTokenizer.from_pretrained(folder / "hf")
        prompts = [tokenizer(make_prompt(clause))["input_ids"] for clause in clauses(count)]
        workers = list(_started(engines, folder, tokenizer.eos_token_id, prompts))
        runs: dict[tuple[str, int], list[Run]] = {}
        for _ in range(repeats):
            for worker in list(workers):
                for together, asked in ((1, prompts[: max(2, count // 4)]), (CLAUSES, prompts)):
                    run = worker.run(asked, together)
                    if run is None:
                        workers.remove(worker)
                        break
                    runs.setdefault((worker.name, together), []).append(run)
                    print(f"{worker.name}, {together}: {run.rate:.0f} a second", file=sys.stderr)
        reference = workers[0].run(prompts, 1)
        for worker in workers:
            worker.stop()
    if reference is not None:
        texts = tokenizer.batch_decode(reference.written, skip_special_tokens=True)
        yield from _figures(runs, texts, tokenizer)


def _figures(
    runs: dict[tuple[str, int], list[Run]], texts: list[str], tokenizer: Any
) -> Iterator[Figure]:
    first = next(iter(runs.values()))
    for (name, together), found in runs.items():
        ratio = statistics.median(a.rate / b.rate for a, b in zip(found, first, strict=False))
        written = tokenizer.batch_decode(found[0].written, skip_special_tokens=True)
        same = sum(map(str.__eq__, written, texts))
        how = "one at a time" if together == 1 else f"{min(together, len(texts))} together"
        cpu = statistics.median(each.cpu_ms for each in found)
        note = f"{ratio:.1f} times the first; {same}/{len(written)} the same; {cpu:.0f} ms CPU"
        yield Figure(f"{name}, {how}", tuple(each.rate for each in found), "tokens/s", note)


class Worker:
    """An engine in a process of its own."""

    def __init__(self, engine: Engine, model: Model) -> None:
        self.name = f"{engine.name}, {model.dtype}"
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(ENGINES.index(engine), model, theirs), daemon=True
        )
        self._process.start()
        theirs.close()

    def run(self, prompts: Tokens, together: int) -> Run | None:
        """Return what was written, or `None`, having said why, where the engine failed."""
        try:
            self._pipe.send((prompts, together))
            answer = self._pipe.recv()
        except (EOFError, OSError):
            answer = "its process ended"
        if isinstance(answer, Run):
            return answer
        print(f"left out: {self.name}: {answer}", file=sys.stderr)
        return None

    def stop(self) -> None:
        self._pipe.close()  # the process ends, and with it a server that it started
        self._process.join(timeout=10)
        self._process.terminate()
        self._process.join()


def _started(engines: list[Engine], folder: Path, end: int, prompts: Tokens) -> Iterator[Worker]:
    """Yield the engines that run, each after a run that does not count."""
    threads = len(os.sched_getaffinity(0))
    for engine in engines:
        if find_spec(engine.module) is None:
            print(f"left out: {engine.name}: not installed", file=sys.stderr)
            continue
        for dtype in engine.dtypes:
            started = time.perf_counter()
            worker = Worker(engine, Model(folder, end, threads, CLAUSES, dtype))
            if worker.run(prompts[:1], 1) and worker.run(prompts, CLAUSES):
                took = time.perf_counter() - started
                print(f"{worker.name}: ready after {took:.0f} s", file=sys.stderr)
                yield worker
            else:
                worker.stop()


def _serve(number: int, model: Model, pipe: Any) -> None:
    """Write what is asked for, until the process is ended."""
    try:
        write = ENGINES[number].start(model)
        while True:
            prompts, together = pipe.recv()
            started, cpu = time.perf_counter(), _cpu_s()
            written = write(prompts, together)
            wall_s, cpu_s = time.perf_counter() - started, _cpu_s() - cpu
            rows = [[token for token in row if token != model.end] for row in written]
            pipe.send(Run(rows, wall_s, cpu_s))
    except EOFError:
        return
    except Exception as error:  # whatever an engine raises, it is the answer
        pipe.send(f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200]}")


def _cpu_s() -> float:
    here = psutil.Process()
    times = [process.cpu_times() for process in (here, *here.children())]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
