"""Does more data help? Stage one on four corpora, at an equal budget of tokens.

    python experiments/corpora.py CLAUSES.csv OUT [--tokens 400000] [--generated 2000] [--arms ac]

Arms: (a) NZBC-LRML, (b) the open corpus, (c) both, (d) both and generated pairs. No arm sees
two documents of NZBC-LRML, so that each is scored on clauses of documents that it knows, on
those of documents that it does not, and on the open corpus's test. Finished parts are kept
and an interrupted one is resumed: the script can be called again and again.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from p4ir.corpus.reading import read_corpus
from p4ir.evaluation.evaluate import Evaluation
from p4ir.evaluation.summary import as_json
from p4ir.inference import Interpreter
from p4ir.models import load_base
from p4ir.sft import train
from p4ir.sft.config import load
from p4ir.sft.data import training_pairs
from p4ir.training.data import load_clauses

OPEN = Path(__file__).parents[1] / "data" / "corpus"
HELD_OUT = ("NZ_NZBC-B1AS3#0.17", "NZ_NZBC-G15AS1#2.7")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clauses", help="the development part of NZBC-LRML")
    parser.add_argument("output", type=Path)
    parser.add_argument("--tokens", type=int, default=400_000, help="seen by each arm")
    parser.add_argument("--generated", type=int, default=2000, help="pairs of arm (d)")
    parser.add_argument("--arms", default="abcd", help="some of them, by their letters")
    args = parser.parse_args()
    generated = generate(args.output / "generated.jsonl", args.generated)
    arms = {
        "a: NZBC-LRML": (args.clauses, []),
        "b: open corpus": (str(OPEN), []),
        "c: both": (args.clauses, [str(OPEN)]),
        "d: both and generated": (args.clauses, [str(OPEN), str(generated)]),
    }
    rows = []
    for name, (path, also) in arms.items():
        if name[0] not in args.arms:
            continue
        folder = args.output / name[0]
        adapter = train_arm(folder, path, also, args)
        rows.append((name, score_arm(folder, adapter, args.clauses)))
        print_table(rows)


def generate(path, n):
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        command = "import sys; from p4ir.cli import main; sys.exit(main())"
        made = ["corpus", "generate", str(path), "--n", str(n), "--seed", "0"]
        subprocess.run([sys.executable, "-c", command, *made], check=True)
    return path


def train_arm(folder, path, also, args):
    """Train for so many steps that all arms see as many tokens; return the adapter."""
    adapter = folder / "run" / "adapter"
    if adapter.exists():
        return adapter
    settings = [
        f"corpus.path={path}",
        f"corpus.also=[{', '.join(also)}]",
        f"corpus.validation_path={args.clauses}",
        f"corpus.hold_out_documents=[{', '.join(HELD_OUT)}]",
        "corpus.paraphrases=false",
        f"output={folder / 'run'}",
        "validation.limit=4",
    ]
    recipe = load("sft/cpu", settings)
    pairs = training_pairs(load_clauses(recipe.corpus)[0], recipe)
    _, tokenizer = load_base()
    texts = [pair["prompt"] + pair["completion"] for pair in pairs]
    mean = sum(len(ids) for ids in tokenizer(texts)["input_ids"]) / len(texts)
    batch = recipe.trainer["per_device_train_batch_size"]
    steps = round(args.tokens / mean / batch)
    # Four chances to be resumed from; the last is the one that counts.
    every = steps * batch / len(pairs) / 4
    recipe = load("sft/cpu", [*settings, f"trainer.max_steps={steps}", f"validation.every={every}"])
    return train(recipe, resume=True).adapter


def score_arm(folder, adapter, clauses):
    """Return set → metric → mean and interval, from finished evaluations where there are."""
    nzbc = read_corpus(clauses)
    sets = {
        "validation": [r for r in nzbc if r.split == "validation" and r.document not in HELD_OUT],
        "documents": [r for r in nzbc if r.document in HELD_OUT],
        "open test": read_corpus(OPEN, split="test"),
    }
    results = {}
    for name, records in sets.items():
        known = folder / f"{name.replace(' ', '-')}.json"
        if not known.exists():
            evaluation = Evaluation(records, folder / name.replace(" ", "-"))
            known.write_text(
                json.dumps(as_json(evaluation.run(Interpreter(adapter=str(adapter), beams=1))))
            )
        results[name] = json.loads(known.read_text())
    return results


def print_table(rows):
    sets = list(rows[0][1])
    print("| trained on | " + " | ".join(f"{name}: nTED, nLev, F1" for name in sets) + " |")
    print("|---|" + "---|" * len(sets))
    for arm, results in rows:
        cells = [
            f"{r['nted']['mean']:.3f} ({r['nted']['ci95'][0]:.3f} to {r['nted']['ci95'][1]:.3f}), "
            f"{r['nlev']['mean']:.3f}, {r['lrml_f1']['mean']:.1f}"
            for r in results.values()
        ]
        print(f"| {arm} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
