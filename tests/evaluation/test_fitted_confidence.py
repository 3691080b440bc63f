import json
import math

import numpy as np
import pytest

from p4ir.corpus.records import Record
from p4ir.evaluation.blocks import Heading, Table
from p4ir.evaluation.compare import compare
from p4ir.evaluation.fitted_confidence import features_of, fitted_confidence, read_features
from p4ir.evaluation.systems import align, read_predictions
from p4ir.rules import parse_rule

RIGHT = "if(exist(door)),then(obligation(has(door,handle)))"
WRONG = "if(exist(door)),then(permission(has(window,gap)))"


def predictions(path, n, rng, **fields):
    """Half the rules are wrong; of those the clause supports little, and all are as sure."""
    rows = [
        {
            "id": f"c{i}", "clause": "A door shall have a handle.", "valid": True,
            "rule": WRONG if i % 2 else RIGHT, "confidence": float(rng.uniform(0.6, 0.9)),
            "ungrounded": ["window", "gap"][: int(rng.integers(1, 3))] if i % 2 else [],
            "lint": [], **fields,
        }
        for i in range(n)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def build(tmp_path, n=60, documents=6, **fields):
    rng = np.random.default_rng(0)
    path = predictions(tmp_path / "p.jsonl", n, rng, **fields)
    records = [
        Record(id=f"c{i}", clause="A door shall have a handle.", rule=parse_rule(RIGHT),
               document=f"d{i % documents}")
        for i in range(n)
    ]  # fmt: skip
    comparison = compare(records, [align(read_predictions(path), records)], rng=rng)
    features = read_features(path, [record.id for record in records])
    return list(fitted_confidence(comparison, features, rng))


def test_it_ranks_by_what_the_tokens_do_not_tell(tmp_path):
    heading, _, table, coefficients = build(tmp_path)
    assert isinstance(heading, Heading)
    outcome, as_given, fitted, _ = table.rows[0]
    assert outcome.text == "the rule is exact"
    assert float(as_given.text) < 0.75
    assert float(fitted.text) == 1.0
    ungrounded = next(row for row in coefficients.rows if row[0].text == "share ungrounded")
    assert float(ungrounded[1].text) < 0


@pytest.mark.parametrize(("n", "documents"), [(10, 5), (60, 1)])
def test_too_few_clauses_or_one_document_give_no_fit(tmp_path, n, documents):
    assert not any(isinstance(block, Table) for block in build(tmp_path, n, documents))


def test_the_features_of_a_clause_without_a_prediction_are_those_of_no_rule(tmp_path):
    path = predictions(tmp_path / "p.jsonl", 2, np.random.default_rng(0))
    features = read_features(path, ["c1", "gone"])
    assert features["not valid"] == [0.0, 1.0]
    assert features["log nodes of the rule"] == [pytest.approx(math.log1p(9)), 0.0]
    assert math.isnan(features["log confidence"][1])
    assert features_of({"confidence": 0.0})["log confidence"] == pytest.approx(math.log(1e-6))
    assert features_of({"confidence": None})["share ungrounded"] == 0.0


def test_a_confidence_that_is_not_known_is_left_out_of_the_fit(tmp_path):
    blocks = build(tmp_path, confidence=None)
    table, coefficients = (block for block in blocks if isinstance(block, Table))
    _, as_given, fitted, _ = table.rows[0]
    assert (as_given.text, float(fitted.text)) == ("–", 1.0)
    assert ("log confidence", "+0.00") in [(row[0].text, row[1].text) for row in coefficients.rows]
