"""What the policy wrote while it trained: every completion with its rewards, a line each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from p4ir.corpus.writing import write_text


class Samples:
    """A file of completions, JSON lines.

    Each line holds `step`, `id` of the clause, `completion`, `rewards` by name (null where
    there is none) and `advantage`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def go_on_from(self, step: int) -> None:
        """Drop what was written after a step, since a resumed run does that again."""
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] < step]
        write_text(self.path, "".join(kept))

    def add(
        self,
        step: int,
        ids: Sequence[str],
        completions: Sequence[str],
        rewards: Mapping[str, Sequence[float]],
        advantages: Sequence[float],
    ) -> None:
        """Append the completions of a step; all sequences are of one length."""
        with self.path.open("a", encoding="utf-8") as file:
            for row, (name, completion) in enumerate(zip(ids, completions, strict=True)):
                values = {
                    reward: None if given[row] != given[row] else round(given[row], 4)
                    for reward, given in rewards.items()
                }
                line = {
                    "step": step, "id": name, "completion": completion, "rewards": values,
                    "advantage": round(advantages[row], 4),
                }  # fmt: skip
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
