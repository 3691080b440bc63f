"""A parrot whose rules have doubts, repairs and a confidence for each node, as a model's have."""

from p4ir.inference.interpretation import read_completion, refused
from p4ir.inference.refusal import why_refused
from tests.batch.parrot import Parrot
from tests.completions import spell_out

WHOLE = "if(exist(door)),then(obligation(has(door,handle)))"
OPEN = "if(exist(ramp)),then(obligation(lessThan(ramp.slope,5 %"


class Scholar(Parrot):
    """Writes of ramps what has to be mended, of walls what is no rule, else a parrot's rule."""

    def interpret(self, clauses, on_batch=lambda done: None):
        super().interpret(clauses, on_batch)
        return [self._interpret(clause) for clause in clauses]

    def _interpret(self, clause):
        if problem := why_refused(clause):
            return refused(clause, problem)
        text = OPEN if "ramp" in clause else "a wall" if "wall" in clause else WHOLE
        return read_completion(clause, spell_out(text, doubtful=(3, 9)), "lrml")
