"""The corpora of experiments/leave_documents_out.sh and plain_start.sh: NZBC-LRML without some
documents (clauses.jsonl; known.jsonl has their validation clauses), and them (documents.jsonl).

Of the clauses written by analogy those are left out that were written after these documents, and
the sets whose clauses do not say after which they were written.
"""

import argparse
import csv
import json
import random
from pathlib import Path

WRITTEN = "nmuvwy"
UNSEEN = "z"
"""Sets (the first letter of an id) for stage one and, as prompts, for stage two."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clauses", help="CSV of NZBC-LRML")
    parser.add_argument("output", type=Path, help="folder for the corpora")
    parser.add_argument("--without", nargs="+", required=True, metavar="DOCUMENT")
    args = parser.parse_args()

    with open(args.clauses, encoding="utf-8", newline="") as file:
        rows = [_record(row) for row in csv.DictReader(file)]
    out = {row["document"] for row in rows if row["document"] in args.without}
    if missing := set(args.without) - out:
        parser.error(f"{args.clauses} has no document {', '.join(sorted(missing))}")
    kept = [row for row in rows if row["document"] not in out and row["split"] == "train"]
    _write(args.output / "documents.jsonl", [
        {**row, "split": "validation"} for row in rows if row["document"] in out
    ])  # fmt: skip
    _write(args.output / "known.jsonl", [
        row for row in rows if row["document"] not in out and row["split"] == "validation"
    ])  # fmt: skip
    _write(args.output / "clauses.jsonl", kept)
    for time in (1, 2):  # under other ids, so that they are recombined otherwise
        _write(args.output / f"again-{time}.jsonl", [
            {**row, "id": f"{row['id']}-again-{time}", "document": f"{row['document']}-again"}
            for row in kept
        ])  # fmt: skip

    own = {_written(row["document"]) for row in kept}
    with open("data/analogies/train.jsonl", encoding="utf-8") as file:
        written = [row for row in map(json.loads, file) if row["document"] in own]
    for name, sets in (("written", WRITTEN), ("prompts", UNSEEN)):
        chosen = [row for row in written if row["id"][0] in sets]
        random.Random(5).shuffle(chosen)
        _write(args.output / f"{name}.jsonl", chosen)


def _record(row: dict[str, str]) -> dict[str, str]:
    document = row["file"].split("#")[0]
    return {
        "id": f"{row['file']}-{row['number']}", "clause": row["text"], "rule": row["lrml"],
        "document": document, "split": row["split"],
    }  # fmt: skip


def _written(document: str) -> str:
    """Return how written clauses call a document: written-e2as1 for NZ_NZBC-E2AS1."""
    return "written-" + document.rsplit("-", 1)[1].lower()


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
