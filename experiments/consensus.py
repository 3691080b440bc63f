"""Is the rule that samples agree on better than the likeliest one, and chosen how?

    python experiments/consensus.py CORPUS.csv --split validation --output runs/consensus

Draws rules for each clause once, a line a clause as it goes, and goes on where it was
stopped; then chooses among the same draws in several ways and prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import numpy.typing as npt

from p4ir.corpus.prompts import make_prompt
from p4ir.corpus.reading import read_corpus
from p4ir.corpus.records import Record
from p4ir.inference.generation import Completion, generate, in_order, sample, source_of_draws
from p4ir.inference.interpretation import read_completion
from p4ir.inference.packing import pack
from p4ir.metrics.levenshtein import normalized_token_levenshtein
from p4ir.metrics.scoring import ClauseScore, f1_of_means, score
from p4ir.metrics.tree_edit import normalized_tree_edit_distance
from p4ir.models import find_adapter, load_with_adapter
from p4ir.models.hardware import as_fast_as_possible
from p4ir.rules import Rule, format_rule, parse_rule

FloatArray = npt.NDArray[np.float64]
CHUNK, BATCH, LIMIT, SAMPLES = 8, 48, 400, 16
TEMPERATURES = (0.8, 0.6)
WAYS = {"greedy, unconstrained": "free", "greedy": "held"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="validation")
    parser.add_argument("--adapter", default="sft")
    parser.add_argument("--output", type=Path, default=Path("runs/consensus"))
    parser.add_argument("--report", action="store_true", help="of what there is, and no more")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    drawn = args.output / "drawn.jsonl"
    records = list(read_corpus(str(args.corpus), split=args.split))
    np.random.default_rng(0).shuffle(records)  # type: ignore[arg-type]  # what is there is fair
    done = len(drawn.read_text().splitlines()) if drawn.exists() else 0
    if not args.report and done < len(records):
        write(records[done:], args.adapter, drawn)
    lines = [json.loads(line) for line in drawn.read_text().splitlines()]
    report(records[: len(lines)], lines)


def write(records: list[Record], adapter: str, drawn: Path) -> None:
    info = find_adapter(adapter)
    model, tokenizer = load_with_adapter(info, merge=True)
    model = pack(as_fast_as_possible(model))
    notation = info.notation or "outline"

    def read(record: Record, each: Completion) -> dict[str, Any]:
        found = read_completion(record.clause, each, notation)
        text = format_rule(found.rule) if found.rule else each.text
        return {"rule": text, "logprob": sum(each.logprobs), "tokens": len(each.tokens)}

    with drawn.open("a") as file:
        for start in range(0, len(records), CHUNK):
            chunk = records[start : start + CHUNK]
            prompts = [make_prompt(record.clause) for record in chunk]
            lines: list[dict[str, Any]] = [{"seconds": {}} for _ in chunk]
            for way, completions in ways(model, tokenizer, prompts, notation):
                began = time.process_time()
                for line, record, found in zip(lines, chunk, completions(), strict=True):
                    line[way] = [read(record, each) for each in found]
                for line in lines:
                    line["seconds"][way] = (time.process_time() - began) / len(chunk)
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()


def ways(
    model: Any, tokenizer: Any, prompts: list[str], notation: str
) -> Iterator[tuple[str, Callable[[], list[list[Completion]]]]]:
    """Yield each way to write rules, by name."""
    common: dict[str, Any] = {"max_new_tokens": LIMIT, "batch_size": BATCH}
    for way, held in (("free", None), ("held", notation)):
        yield (
            way,
            lambda held=held: [
                [each] for each in generate(model, tokenizer, prompts, notation=held, **common)
            ],
        )
    for temperature in TEMPERATURES:
        yield (
            str(temperature),
            lambda temperature=temperature: in_order(sample(
                model, tokenizer, prompts, samples=SAMPLES, temperature=temperature,
                rngs=[source_of_draws(0, prompt) for prompt in prompts], notation=notation,
                **common,
            )),
        )  # fmt: skip


def report(records: list[Record], lines: list[dict[str, Any]]) -> None:
    print(f"{len(records)} clauses\n")
    print("| chosen | nTED | nLev | LRML-F1 | mean TED | valid | CPU s a clause |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, way in WAYS.items():
        show(name, records, [line[way][0]["rule"] for line in lines], seconds(lines, way))
    for way in map(str, TEMPERATURES):
        for count in (8, SAMPLES):
            matrices = [distances(line, way, count) for line in lines]
            share = seconds(lines, way) * (count - 1) / SAMPLES + seconds(lines, "held")
            for rule, choose in RULES.items():
                texts = [choose(*each) for each in matrices]
                show(f"{count} at {way}, {rule}", records, texts, share)
        pools = [line["held"] + line[way][: SAMPLES - 1] for line in lines]
        best = [
            min((each["rule"] for each in pool), key=lambda text: scored(text, record).nted)
            for pool, record in zip(pools, records, strict=True)
        ]
        show(f"{SAMPLES} at {way}, the best if one knew", records, best, 0.0)


def seconds(lines: list[dict[str, Any]], way: str) -> float:
    return float(np.mean([line["seconds"][way] for line in lines]))


def show(name: str, records: list[Record], texts: list[str], share: float) -> None:
    found = [scored(text, record) for text, record in zip(texts, records, strict=True)]
    means = {key: np.mean([getattr(s, key) for s in found]) for key in ("nted", "nlev", "ted")}
    f1 = f1_of_means(*(np.mean([getattr(s, k) for s in found]) for k in ("precision", "recall")))
    valid = sum(s.valid for s in found)
    print(
        f"| {name} | {means['nted']:.3f} | {means['nlev']:.3f} | {f1:.1f} | {means['ted']:.1f} | "
        f"{valid}/{len(found)} | {share:.2f} |"
    )


def scored(text: str, record: Record) -> ClauseScore:
    assert record.rule is not None
    return score(text, record.rule)


def distances(
    line: dict[str, Any], way: str, count: int
) -> tuple[list[dict[str, Any]], FloatArray, FloatArray]:
    """Return the greedy candidate and the draws, and how far they are from each other."""
    pool = line["held"] + line[way][: count - 1]
    rules = [parse_rule(each["rule"]) for each in pool]

    def matrix(distance: Callable[[Rule, Rule], float]) -> FloatArray:
        return np.array([[min(1.0, distance(a, b)) for b in rules] for a in rules])

    return pool, matrix(normalized_tree_edit_distance), matrix(normalized_token_levenshtein)


def least(pool: list[dict[str, Any]], risks: FloatArray) -> str:
    return str(pool[int(risks.argmin())]["rule"])


def likelihoods(pool: list[dict[str, Any]]) -> FloatArray:
    """Return the probability of each rule a token, a geometric mean."""
    return np.exp([each["logprob"] / max(1, each["tokens"]) for each in pool])


RULES: dict[str, Callable[[list[dict[str, Any]], FloatArray, FloatArray], str]] = {
    "nTED": lambda pool, ted, lev: least(pool, ted.sum(1)),
    "nTED, draws alone": lambda pool, ted, lev: least(pool[1:], ted[1:, 1:].sum(1)),
    "nLev": lambda pool, ted, lev: least(pool, lev.sum(1)),
    "nTED + nLev": lambda pool, ted, lev: least(pool, (ted + lev).sum(1)),
    "nTED + nLev, weighted": lambda pool, ted, lev: least(pool, (ted + lev) @ likelihoods(pool)),
    "likeliest a token": lambda pool, ted, lev: least(pool, -likelihoods(pool)),
}
"""How one is chosen of the candidates, the greedy one first."""


if __name__ == "__main__":
    main()
