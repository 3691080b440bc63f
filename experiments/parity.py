"""Is what is written fast what the naive loop writes? On a corpus, with what it costs in quality.

    python experiments/parity.py CLAUSES.csv [--split validation] [--adapter NAME] [--limit 320]

The naive loop is transformers' own `generate`, one clause at a time, in float32, free to write
anything. Ours writes 16 together: free and held to the notation, in float32 and in bfloat16, and
held to the notation on OpenVINO, where that extra is installed.
Printed are the share of equal texts and the scores of each, as a Markdown table.
"""

from __future__ import annotations

import argparse
import copy
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.inference import naive, on_openvino
from p4ir.corpus.prompts import make_prompt
from p4ir.corpus.reading import read_corpus
from p4ir.errors import RuleError, RuleSyntaxError
from p4ir.inference.generation import generate
from p4ir.inference.packing import pack
from p4ir.metrics.scoring import score
from p4ir.models import find_adapter, load_with_adapter
from p4ir.rules import format_rule, repair_rule
from p4ir.rules.repeats import without_repeats


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="validation")
    parser.add_argument("--adapter", default="sft")
    parser.add_argument("--limit", type=int, default=320, help="longest completion, in tokens")
    args = parser.parse_args()
    records = list(read_corpus(args.corpus, split=args.split))
    prompts = [make_prompt(record.clause) for record in records]
    info = find_adapter(args.adapter)
    model, tokenizer = load_with_adapter(info, merge=True)
    model = model.float()
    texts = naive(model, tokenizer, prompts, args.limit, [])
    found = {"transformers, one at a time, float32": texts}
    for dtype in (torch.float32, torch.bfloat16):
        packed = pack(copy.deepcopy(model).to(dtype))
        for held, notation in (("free", None), ("held to the notation", info.notation)):
            name = f"p4ir, 16 together, {str(dtype).removeprefix('torch.')}, {held}"
            print(name, file=sys.stderr, flush=True)
            written = generate(
                packed, tokenizer, prompts, notation=notation, max_new_tokens=args.limit,
                batch_size=16,
            )  # fmt: skip
            found[name] = [each.text for each in written]
    for dtype, compiled in on_openvino(model, tokenizer, ("float32", "bfloat16")).items():
        written = generate(
            compiled, tokenizer, prompts, notation=info.notation, max_new_tokens=args.limit,
            batch_size=16,
        )  # fmt: skip
        name = f"p4ir on OpenVINO, 16 together, {dtype}, held to the notation"
        found[name] = [each.text for each in written]
    # Ours stops a text that repeats itself; the naive loop writes on to the limit.
    ended = [len(tokenizer(text)["input_ids"]) < args.limit - 1 for text in texts]
    report(records, {name: rules(texts, info.notation) for name, texts in found.items()}, ended)


def rules(texts, notation):
    """Return compact LRML of what was written, as the interpreter makes it; empty if none."""
    made = []
    for text in texts:
        try:
            made.append(format_rule(without_repeats(repair_rule(text, notation).rule)[0]))
        except (RuleSyntaxError, RuleError):
            made.append("")
    return made


def report(records, found, ended):
    first = next(iter(found.values()))
    print("| written by | the same rule | of those that the loop ends | nTED | nLev |")
    print("|---|---:|---:|---:|---:|")
    for name, written in found.items():
        scores = [score(text, record.rule) for text, record in zip(written, records, strict=True)]
        nted, nlev = (
            sum(getattr(s, key) for s in scores) / len(scores) for key in ("nted", "nlev")
        )
        same = [a == b for a, b in zip(written, first, strict=True)]
        both = sum(a and b for a, b in zip(same, ended, strict=True))
        print(
            f"| {name} | {sum(same)}/{len(same)} | {both}/{sum(ended)} | {nted:.4f} | {nlev:.4f} |"
        )


if __name__ == "__main__":
    main()
