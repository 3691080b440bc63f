"""Speed of interpretation against the naive loop, all in one run; prints Markdown.

    python benchmarks/inference.py [--clauses 16] [--repeats 3] [--limit 200] [--beams 1]

The naive loop is transformers' own `generate`, one clause at a time, in float32. Where the
extra `openvino` is installed, our loop runs on it too. The ways take turns, so that another
load on the machine falls on all of them; CPU time is that of all threads of the process.
"""

from __future__ import annotations

import argparse
import copy
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

from p4ir.corpus.prompts import make_prompt
from p4ir.inference.generation import generate
from p4ir.inference.packing import pack
from p4ir.models import find_adapter, load_with_adapter
from p4ir.models.hardware import has_fast_bf16

THINGS = "door stair ramp window corridor handrail roof gutter drain lift wall floor".split()
PLACES = "an escape route, a hospital, a household unit, a car park, an open balcony".split(", ")


class Run(NamedTuple):
    tokens: int
    wall_s: float
    cpu_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clauses", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=int, default=200, help="longest completion, in tokens")
    parser.add_argument("--beams", type=int, default=1, help="in all ways, the naive loop's too")
    parser.add_argument("--adapter", default="sft")
    args = parser.parse_args()
    prompts = [make_prompt(clause) for clause in clauses(args.clauses)]
    info = find_adapter(args.adapter)
    model, tokenizer = load_with_adapter(info, merge=True)
    model = model.float()
    dtype = torch.bfloat16 if has_fast_bf16() else torch.float32
    fast = pack(copy.deepcopy(model).to(dtype))
    exact = pack(copy.deepcopy(model))

    def ours(chosen: Any, batch_size: int, notation: str | None) -> list[str]:
        found = generate(
            chosen, tokenizer, prompts, notation=notation, max_new_tokens=args.limit,
            batch_size=batch_size, beams=args.beams,
        )  # fmt: skip
        counts.append(sum(len(each.tokens) for each in found))
        return [each.text for each in found]

    counts: list[int] = []
    name = str(dtype).removeprefix("torch.")
    ways: dict[str, Callable[[], list[str]]] = {
        "transformers, one at a time, float32": lambda: naive(
            model, tokenizer, prompts, args.limit, args.beams, counts
        ),
        "p4ir, one at a time, float32": lambda: ours(exact, 1, None),
        "p4ir, 16 together, float32": lambda: ours(exact, 16, None),
        f"p4ir, one at a time, {name}, constrained": lambda: ours(fast, 1, info.notation),
        f"p4ir, 16 together, {name}": lambda: ours(fast, 16, None),
        f"p4ir, 16 together, {name}, constrained": lambda: ours(fast, 16, info.notation),
        f"p4ir, 32 together, {name}, constrained": lambda: ours(fast, 32, info.notation),
    }
    for dtype, compiled in on_openvino(model, tokenizer, dict.fromkeys(["float32", name])).items():
        for together in (1, 16):
            many = f"{together} together" if together > 1 else "one at a time"
            ways[f"p4ir on OpenVINO, {many}, {dtype}, constrained"] = partial(
                ours, compiled, together, info.notation
            )
    print(
        f"{platform.machine()}, {torch.get_num_threads()} threads, Python "
        f"{platform.python_version()}, torch {version('torch')}, transformers "
        f"{version('transformers')}, llguidance {version('llguidance')}\n"
    )
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    texts: dict[str, list[str]] = {}
    for _ in range(args.repeats):
        for way, write in ways.items():
            runs[way].append(timed(write, counts, texts, way))
    report(runs, texts)


def on_openvino(model: Any, tokenizer: Any, dtypes: Iterable[str]) -> dict[str, Any]:
    """Return a model by type as OpenVINO runs it; none if the extra is not installed."""
    from p4ir.inference.openvino import CompiledModel
    from p4ir.models.openvino import convert, is_installed

    if not is_installed():
        return {}
    short = {"float32": "f32", "bfloat16": "bf16"}
    return {name: CompiledModel(convert(model, tokenizer), short[name]) for name in dtypes}


def naive(
    model: Any, tokenizer: Any, prompts: list[str], limit: int, beams: int, counts: list[int]
) -> list[str]:
    texts, count = [], 0
    for prompt in prompts:
        asked = tokenizer(prompt, return_tensors="pt")
        with torch.inference_mode():
            output = model.generate(
                **asked, max_new_tokens=limit, do_sample=False, repetition_penalty=1.0,
                pad_token_id=tokenizer.pad_token_id, num_beams=beams, early_stopping=beams > 1,
            )  # fmt: skip
        written = output[0, asked["input_ids"].shape[1] :]
        count += len(written)
        texts.append(tokenizer.decode(written, skip_special_tokens=True))
    counts.append(count)
    return texts


def timed(
    write: Callable[[], list[str]], counts: list[int], texts: dict[str, list[str]], way: str
) -> Run:
    wall, cpu = time.perf_counter(), time.process_time()
    texts[way] = write()
    return Run(counts[-1], time.perf_counter() - wall, time.process_time() - cpu)


def report(runs: dict[str, list[Run]], texts: dict[str, list[str]]) -> None:
    first = next(iter(runs))
    print("| way | tokens/s, median | lowest to highest | times the first | by CPU time | same |")
    print("|---|---:|---|---:|---:|---:|")
    by_wall = {way: sorted(r.tokens / r.wall_s for r in found) for way, found in runs.items()}
    by_cpu = {way: [r.tokens / r.cpu_s for r in found] for way, found in runs.items()}
    for way, rates in by_wall.items():
        median = statistics.median(rates)
        ratio = statistics.median(r / f for r, f in zip(by_wall[way], by_wall[first], strict=True))
        cpu = statistics.median(r / f for r, f in zip(by_cpu[way], by_cpu[first], strict=True))
        same = sum(a == b for a, b in zip(texts[way], texts[first], strict=True))
        print(
            f"| {way} | {median:.0f} | {rates[0]:.0f} to {rates[-1]:.0f} | {ratio:.1f} | "
            f"{cpu:.1f} | {same}/{len(texts[way])} |"
        )


def clauses(count: int) -> list[str]:
    """Return clauses of a few patterns, of different lengths."""
    made = []
    for n in range(count):
        thing, other = THINGS[n % len(THINGS)], THINGS[(n * 5 + 3) % len(THINGS)]
        place = PLACES[n % len(PLACES)]
        made.append(
            (
                f"Every {thing} in {place} shall have a {other}.",
                f"A {thing} shall be at least {700 + 50 * n} mm wide, or {n + 2} m2 in area where "
                f"it serves {place} and is next to a {other}.",
                f"Where a {thing} leads to a {other}, it may be no steeper than 1 in {n + 8}.",
            )[n % 3]
        )
    return made


if __name__ == "__main__":
    main()
