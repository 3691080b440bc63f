import pytest

from p4ir.grpo.segments import Segment, partial_rule, potentials, segment, token_ends
from p4ir.metrics import normalized_tree_edit_distance
from p4ir.rules import format_rule, parse_rule
from p4ir.rules.draft import draft_steps, write_draft

RULE = parse_rule(
    "if(and(exist(door),is(door.type,fire))),then(obligation(lessThan(door.width,2 m)))"
)


@pytest.mark.parametrize("notation", ["lrml", "outline"])
@pytest.mark.parametrize("most", [2, 4, 8, 100])
def test_segments_follow_each_other_to_the_end_of_the_text_and_of_the_rule(notation, most):
    text = format_rule(RULE, notation)
    rule, segments = segment(text, notation, most)
    assert rule == RULE
    assert 2 <= len(segments) <= most
    assert segments[-1] == Segment(len(text), RULE.size)
    assert segments == sorted(set(segments))


def test_a_cut_is_where_a_sub_tree_begins():
    text = format_rule(RULE, "outline")
    _, segments = segment(text, "outline", 4)
    rests = [text[part.end :].split("\n", 1)[0] for part in segments]
    assert rests == ["and", "then", "obligation", ""]


def test_the_lines_of_a_draft_are_segments_before_the_rule_of_which_nothing_is_there_yet():
    text = write_draft(RULE) + format_rule(RULE, "outline")
    rule, segments = segment(text, "outline", 8)
    assert rule == RULE
    steps = draft_steps(text)
    assert segments[: len(steps)] == [Segment(end, 1) for end in steps]
    assert len(steps) == 5
    alone = segment(format_rule(RULE, "outline"), "outline", 8)[1]
    assert [part.nodes for part in segments[5:]] == [part.nodes for part in alone]
    assert potentials(rule, segments, RULE)[5] == potentials(rule, segments, RULE)[0]
    coarse = segment(text, "outline", 4)[1]
    assert coarse[0] == Segment(steps[-1], 1)


def test_a_text_without_a_rule_is_one_segment():
    assert segment("no rule at all", "outline", 8) == (None, [Segment(14, 0)])


def test_the_potential_is_the_similarity_of_the_partial_rule():
    reference = parse_rule("if(exist(door)),then(may(open))")
    written = "if(exist(door)),then(may(close))"
    rule, segments = segment(written, "lrml", 2)
    # The root alone is 1 node of 7; after `if`, 4 of 7 are right; in the end, 6 of 7.
    found = potentials(rule, segments, reference)
    assert found == pytest.approx([1 / 7, 4 / 7, 6 / 7])
    assert found[-1] == 1 - normalized_tree_edit_distance(rule, reference)


def test_a_partial_rule_ends_before_the_next_sub_tree():
    _, segments = segment(format_rule(RULE), "lrml", 2)
    assert partial_rule(RULE, segments[0].nodes).labels[-1] == "fire"


def test_each_node_that_is_right_raises_the_potential():
    _, segments = segment(format_rule(RULE), "lrml", 100)
    found = potentials(RULE, segments, RULE)
    assert found == pytest.approx([k / RULE.size for k in (1, *(s.nodes for s in segments))])


def test_a_token_across_a_cut_belongs_to_the_segment_that_it_completes():
    lengths = [0, 3, 5, 5, 9]  # of the first 0 … 4 tokens; the last token writes nothing more
    segments = [Segment(3, 2), Segment(4, 3), Segment(9, 5)]
    assert token_ends(segments, 5, [*lengths, 9].__getitem__) == [1, 2, 5]
