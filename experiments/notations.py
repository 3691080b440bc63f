"""Which notation does the embedded model learn better? Equal token budget, TED on Rules.

    python experiments/notations.py CORPUS OUT [--tokens 60000] [--notations lrml skeleton …]

One run of stage one for each notation, alike in all but the notation and the number of
steps, which is chosen so that each run sees as many tokens of prompts and completions.
Finished runs are kept and an interrupted one is resumed, so that the script can be
called again and again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from p4ir.models import load_base
from p4ir.sft import train
from p4ir.sft.config import load
from p4ir.sft.data import training_pairs
from p4ir.training.data import load_clauses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokens", type=int, default=60_000, help="seen by each run")
    parser.add_argument("--validation", type=int, default=66, help="clauses validated on")
    parser.add_argument("--notations", nargs="+", default=["outline", "lrml", "skeleton"])
    args = parser.parse_args()
    _, tokenizer = load_base()
    rows = []
    for notation in args.notations:
        settings = [
            f"corpus.path={args.corpus}",
            f"notation={notation}",
            "corpus.paraphrases=false",
            f"output={args.output / notation}",
            f"validation.limit={args.validation}",
        ]
        recipe = load("sft/cpu", settings)
        pairs = training_pairs(load_clauses(recipe.corpus)[0], recipe)
        texts = [pair["prompt"] + pair["completion"] for pair in pairs]
        mean = sum(len(ids) for ids in tokenizer(texts)["input_ids"]) / len(texts)
        batch = recipe.trainer["per_device_train_batch_size"]
        steps = round(args.tokens / mean / batch)
        # One validation, at the end.
        every = steps * batch / len(pairs)
        recipe = load(
            "sft/cpu", [*settings, f"trainer.max_steps={steps}", f"validation.every={every}"]
        )
        result_path = args.output / notation / "result.json"
        if not result_path.exists():
            result = train(recipe, resume=True)
            result_path.write_text(json.dumps(result.metrics))
        metrics = json.loads(result_path.read_text())
        rows.append((notation, mean, steps, metrics))
        print_table(rows)


def print_table(rows: list[tuple[str, float, int, dict[str, float]]]) -> None:
    print("| notation | tokens a pair | steps | nTED | nLev | LRML-F1 | valid |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for notation, mean, steps, m in rows:
        print(
            f"| {notation} | {mean:.0f} | {steps} | {m['nted']:.3f} | {m['nlev']:.3f} "
            f"| {m['lrml_f1']:.1f} | {100 * m['valid']:.0f}% |",
            flush=True,
        )


if __name__ == "__main__":
    main()
