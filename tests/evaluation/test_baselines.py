import pytest

from p4ir.corpus.records import Record
from p4ir.errors import CorpusError
from p4ir.evaluation.baselines import NearestClauses, copy_nearest, few_shot_prompt
from p4ir.rules import parse_rule


def clause(name, text, rule="if(exist(a)),then(b)"):
    return Record(id=name, clause=text, rule=parse_rule(rule))


EXAMPLES = [
    clause("handrail", "A stair shall have a handrail.", "if(exist(stair)),then(has(stair,rail))"),
    clause("door", "A door shall be wide.", "if(exist(door)),then(is(door,wide))"),
    clause("gutter", "A gutter shall be deep.", "if(exist(gutter)),then(is(gutter,deep))"),
]  # fmt: skip


def test_the_nearest_clause_shares_rare_words_rather_than_common_ones():
    index = NearestClauses(EXAMPLES)
    assert [r.id for r in index.nearest("The handrail shall be.", 2)] == [
        "handrail",
        "door",
    ]


def test_the_nearest_rule_is_copied():
    assert copy_nearest([clause("new", "Any gutter shall slope.")], EXAMPLES) == {
        "new": "if(exist(gutter)),then(is(gutter,deep))"
    }


def test_the_prompt_puts_the_nearest_example_last_and_ends_before_the_rule():
    prompt = few_shot_prompt("A window\n shall open.", EXAMPLES[:2])
    assert prompt == (
        "Clause: A door shall be wide.\nRule: if(exist(door)),then(is(door,wide))\n\n"
        "Clause: A stair shall have a handrail.\nRule: if(exist(stair)),then(has(stair,rail))"
        "\n\nClause: A window shall open.\nRule:"
    )


def test_a_clause_without_known_words_gets_some_example():
    assert len(NearestClauses(EXAMPLES).nearest("Zzz.", 2)) == 2


def test_without_examples_it_says_so():
    with pytest.raises(CorpusError, match="no clauses to take examples from"):
        NearestClauses([])
