"""Does constrained decoding make every completion a rule, and leave the good ones alone?

    python experiments/constrained.py CLAUSES.csv --column content --output runs/constrained
    python experiments/constrained.py --random 1000 --limit 128 --output runs/random

Writes a line of figures a clause (no text) as it goes, and goes on where it was stopped;
then prints how many completions are valid and, of those that the model writes validly
when it is unconstrained, how many are the same. Where the grammar never had to step in,
both are the same by construction; the others are written a second time without it. Beside
other rows, rounding may change such a text before the grammar does: whether the grammar
reads the whole of it is counted too.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from p4ir.corpus.prompts import make_prompt
from p4ir.errors import P4irError
from p4ir.inference.constraint import Constraint
from p4ir.inference.generation import Completion, generate
from p4ir.inference.runtime import load_to_write
from p4ir.models import find_adapter
from p4ir.models.loading import end_tokens
from p4ir.rules import Rule, parse_rule
from p4ir.rules.lint import lint

CHUNK = 48
RANGES = ((32, 127), (32, 127), (0xA0, 0x2FFF), (0x1F300, 0x1F5FF))
"""Characters of random texts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clauses", type=Path, nargs="?", help="CSV file")
    parser.add_argument("--random", type=int, default=0, help="so many random texts instead")
    parser.add_argument("--column", default="clause")
    parser.add_argument("--adapter", default="sft")
    parser.add_argument("--limit", type=int, default=512, help="longest completion, in tokens")
    parser.add_argument("--output", type=Path, default=Path("runs/constrained"))
    parser.add_argument("--report", action="store_true", help="of what there is, and no more")
    args = parser.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    figures = args.output / "clauses.jsonl"
    clauses = random_texts(args.random) if args.random else read_column(args.clauses, args.column)
    done = len(figures.read_text().splitlines()) if figures.exists() else 0
    if not args.report and done < len(clauses):
        write(clauses[done:], args.adapter, args.limit, figures)
    report([json.loads(line) for line in figures.read_text().splitlines()], len(clauses))


def read_column(path: Path, column: str) -> list[str]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return [row[column] for row in csv.DictReader(file)]


def random_texts(count: int) -> list[str]:
    rng = random.Random(0)
    return [
        "".join(chr(rng.randrange(*rng.choice(RANGES))) for _ in range(rng.randint(1, 60)))
        for _ in range(count)
    ]


def write(clauses: list[str], adapter: str, limit: int, figures: Path) -> None:
    info = find_adapter(adapter)
    model, tokenizer = load_to_write(info.base, info, "auto")
    notation = info.notation or "outline"
    constraint = Constraint(tokenizer, notation, end_tokens(model, tokenizer))

    def run(prompts: list[str], notation: str | None) -> list[Completion]:
        return generate(
            model, tokenizer, prompts, notation=notation, max_new_tokens=limit, batch_size=CHUNK
        )

    with figures.open("a") as file:
        for start in range(0, len(clauses), CHUNK):
            prompts = [make_prompt(clause) for clause in clauses[start : start + CHUNK]]
            began = time.process_time()
            held = run(prompts, notation)
            share_s = (time.process_time() - began) / len(prompts)
            steered = [i for i, each in enumerate(held) if each.steered or each.is_closed]
            free = dict(zip(steered, run([prompts[i] for i in steered], None), strict=True))
            for place, each in enumerate(held):
                line = compare(each, free.get(place, each), notation)
                line["free_allowed"] = place not in free or allows(constraint, free[place])
                file.write(json.dumps({**line, "cpu_s": round(share_s, 3)}) + "\n")
            file.flush()


def allows(constraint: Constraint, free: Completion) -> bool:
    """Say whether the grammar reads the whole of a text that was written without it."""
    guide = constraint.start()
    *others, last = free.tokens
    for token in others:
        if not guide.allows(token):
            return False
        guide.take(token)
    return guide.allows(last)


def compare(held: Completion, free: Completion, notation: str) -> dict[str, Any]:
    rule = read(free, notation)
    return {
        "valid": read(held, notation) is not None,
        "free_valid": rule is not None,
        "free_keeps_arities": rule is not None and all(w.code != "arity" for w in lint(rule)),
        "same": held.text == free.text,
        "end": held.end,
        "steered": held.steered,
        "tokens": len(held.tokens),
    }


def read(completion: Completion, notation: str) -> Rule | None:
    """Return the rule; none if the completion is not one as it stands."""
    if completion.end != "finished" and not completion.is_closed:
        return None
    try:
        return parse_rule(completion.text, notation)
    except P4irError:
        return None


def report(lines: list[dict[str, Any]], clauses: int) -> None:
    valid = sum(line["valid"] for line in lines)
    free = [line for line in lines if line["free_valid"]]
    kept = [line for line in free if line["free_keeps_arities"]]
    tokens, steered = (sum(line[key] for line in lines) for key in ("tokens", "steered"))
    ends = {
        end: sum(line["end"] == end for line in lines) for end in ("finished", "length", "loop")
    }
    print(f"{len(lines)} of {clauses} clauses; constrained, {valid} valid; ends {ends}")
    print(
        f"unconstrained {len(free)} valid, of which {sum(line['same'] for line in free)} are the "
        f"same and the grammar reads {sum(line['free_allowed'] for line in free)}; {len(kept)} "
        f"that keep arities, of which {sum(line['same'] for line in kept)} are the same and the "
        f"grammar reads {sum(line['free_allowed'] for line in kept)}"
    )
    cpu_s = sum(line["cpu_s"] for line in lines)
    print(f"{tokens} tokens, {steered} steered, {tokens / max(cpu_s, 1e-9):.0f} a CPU second")


if __name__ == "__main__":
    main()
