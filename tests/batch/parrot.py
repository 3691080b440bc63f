"""An interpreter without a model: what has to be tested is the file, not the rules.

`python -m tests.batch.parrot IN OUT PAUSE_S [MAX_BYTES]` runs a batch job with it.
"""

import resource
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from p4ir.batch.job import BatchJob
from p4ir.batch.source import Source
from p4ir.engines.local import LocalEngine
from p4ir.inference.interpretation import Interpretation, refused
from p4ir.inference.refusal import why_refused
from p4ir.rules import parse_rule

RULE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")


class Parrot:
    """Gives every clause the same rule."""

    model = "parrot"
    info = SimpleNamespace(name="feathers", licence="CC0-1.0", sha256=None)
    constrained = False
    beams = 1
    consensus = 1

    def __init__(self, batch_size=2, pause_s=0.0, before=lambda clauses: None):
        self.batch_size, self.pause_s, self.before = batch_size, pause_s, before
        self.heard = []

    def interpret(self, clauses, on_batch=lambda done: None):
        self.before(clauses)
        time.sleep(self.pause_s)
        self.heard += clauses
        on_batch(len(clauses))
        return [
            refused(clause, why_refused(clause))
            if why_refused(clause)
            else Interpretation(clause=clause, rule=RULE, valid=True, confidence=0.5)
            for clause in clauses
        ]


if __name__ == "__main__":
    source, output, pause_s, *max_bytes = sys.argv[1:]
    if max_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(max_bytes[0]),) * 2)
    try:
        job = BatchJob(Source(Path(source)), Path(output))
        job.run(LocalEngine(Parrot(pause_s=float(pause_s))))
    except OSError as error:
        sys.exit(f"{error}")
