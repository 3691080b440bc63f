from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.review.linking import link
from p4ir.rules import parse_rule
from p4ir.rules.grounding import ground

RULE = parse_rule(
    "if(exist(exitCorridor)),then(obligation(greaterThanEqual(exitCorridor.width,1200 mm)))"
)
CLAUSE = "3.1 An exit corridor shall be at least 1.2 m wide."


def linked(clause, rule=RULE):
    return link(clause, ground(rule, clause))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_the_stretches_joined_are_the_clause(clause):
    assert "".join(stretch.text for stretch in linked(clause)) == clause


def test_words_carry_the_nodes_that_they_support():
    by_text = {stretch.text: stretch for stretch in linked(CLAUSE)}
    labels = {RULE.labels[number] for number in by_text["exit corridor"].nodes}
    assert labels == {"exitCorridor", "exitCorridor.width"}
    assert [RULE.labels[number] for number in by_text["1.2 m"].nodes] == ["1200 mm"]


def test_a_word_is_coloured_by_the_most_telling_node_that_it_supports():
    by_text = {stretch.text: stretch for stretch in linked(CLAUSE)}
    assert by_text["1.2 m"].kind == "quantity"
    assert by_text["exit corridor"].kind == "entity.property"
    assert by_text["shall"].kind == "deontic"


def test_numbers_that_no_node_takes_up_are_told():
    clause = "An exit corridor shall be 1200 mm wide and 2.1 m high."
    assert [stretch.text for stretch in linked(clause) if stretch.is_unused_number] == ["2.1 m"]
