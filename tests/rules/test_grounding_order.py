"""What is found does not depend on the hash seed, which orders sets anew in every process."""

import os
import subprocess
import sys

_SCRIPT = """
from p4ir.rules import parse_rule
from p4ir.rules.grounding import ground
from p4ir.rules.grounding.synonyms import NEAR
from p4ir.rules.mismatches import mismatches

clause = (
    "A tall, deep or broad upper opening of a store in a sewage site shall be 900 mm +/- 5 mm wide,"
    " near the toilet and the lobby, an exit and an evacuation of occupants, users or people,"
    " 20 ft. 6 inch posts, a joint, a junction and a seam, to Table 7 or Figure 8."
)
labels = ["height", "elevation", "storey", "drain", "wc", "person", "escape", "join", "slope"]
for label in [*labels, "foulDrain.height", "900 mm", "8 min", "nzbc_e2as1_t7", "'x0 * 3 l'"]:
    rule = parse_rule(f"if(exist({label})),then(obligation(has(storey.elevation,{label})))")
    found = ground(rule, clause, "NZ_NZBC-E2AS1#3.8")
    print(found, mismatches(rule, clause, found))
print(NEAR)
"""


def test_spans_do_not_depend_on_the_hash_seed():
    found = {
        subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert len(found) == 1
