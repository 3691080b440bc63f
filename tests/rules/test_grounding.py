import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from p4ir.rules import Rule, parse_rule
from p4ir.rules.grounding import Grade, GroundedNode, ground

DOCUMENT = "XX_CODE-Q7AS2#1.4"


def ground_label(label: str, clause: str, document: str | None = None) -> GroundedNode:
    """Ground one leaf as the second argument of a relation."""
    rule = Rule(["root", "if", "gate", "then", "is", "gate", label], [2, 1, 0, 1, 2, 0, 0])
    return ground(rule, clause, document).nodes[6]


def words_of(node: GroundedNode, clause: str) -> list[str]:
    return [clause[start:end] for start, end in node.spans]


SUPPORTED = [
    # quantities: as they are, in another unit, in words, in a list
    ("900 mm", "Gates shall be 900 mm wide."),
    ("900 mm", "Gates shall be 0.9 m wide."),
    ("1.5m", "Gates shall be 1500 mm wide."),
    ("3 m", "Gates shall be at least three metres wide."),
    ("25 mm", "Bars of 25 x 1.5 mm are used."),
    ("36 inch", 'Gates shall be 36" wide.'),
    ("914.4 mm", "Gates shall be 36 in. wide."),
    ("1250 mm", "Gates shall be 1,250 mm wide."),
    ("5 percent", "Gates have 5% of the area."),
    ("50 percent", "Gates have half of the area."),
    ("60 degC", "Gates withstand 60 °C."),
    ("60 deg", "Gates swing through 60°."),
    ("600 mmCentres", "Bars are at 600 mm centres."),
    ("7¾ in", "Gates rise at most 7¾ inches."),
    ("7 3/4 in", "Gates rise at most 7 3/4 inches."),
    ("½ m", "Gates are half a metre wide."),
    ("2½ million", "Gates cost 2.5 million."),
    ("'2 m - ½'", "Gates are 2 m less ½."),
    ("'2 / 3 * (x0 + x1)'", "Gates have two thirds of the sum."),
    ("'6 / 2 * x0'", "Gates have 6 times the height over 2."),
    ("600 mmCentres", "Bars are at a spacing of 0.6 m."),
    ("8 l/s/person", "Gates pass 8 litres per second per person."),
    ("15 series", "Gates are of Series 15 blocks."),
    ("20 mm", "Bar size (mm): 20 or more."),
    ("12 mm", "Gates have M12 bolts."),
    ("1 perEverySecondFloor", "Gates stand on every second floor."),
    ("0.33 percent", "Gates have 0.33% of it."),
    ("500e", "Gates are of Grade 500E steel."),
    # numbers
    ("3", "Gates have three hinges."),
    ("2", "Both gates are locked."),
    ("0.05", "Gates have 5% of the area."),
    ("1/12", "Ramps rise 1 in 12."),
    ("1/12", "Ramps rise 1:12."),
    ("1/3", "Ramps take a third of it."),
    ("316", "Hinges are of 316 steel."),
    ("2500000", "Gates cost 2.5 million."),
    ("2.5 million", "Gates cost 2.5 million."),
    ("2.5-million", "Gates cost 2.5 million."),
    ("2.5 million", "Gates cost 2,500 thousand."),
    ("2.5 million dollars", "Gates cost 2.5 million dollars."),
    ("2500000 dollars", "Gates cost 2.5 million dollars."),
    ("1500 million", "Gates cost 1,500 million."),
    ("10 million cycles", "Hinges withstand 10 million cycles."),
    ("5 hundred bricks", "Walls are of 5 hundred bricks."),
    ("1.2 thousand m2", "Gates of 1200 m2 are watched."),
    ("2.0 furlongs", "Gates are 2 furlongs apart."),
    ("-3 hundred", "Gates are set to minus 3 hundred."),
    ("1/2 million", "Gates cost half a million."),
    ("1 in 2 million", "One gate, or 1 in 2 million, is locked."),
    ("1/2000000", "Gates fail with a chance of 1 in 2 million."),
    ("1200 m2", "Gates of 1.2 thousand m2 are watched."),
    # quoted expressions
    ("'2.5 million * x0'", "Each gate costs 2.5 million."),
    ("'x0 + 150 mm'", "Gates clear the ground by 150 mm."),
    ("'0.05 * x1'", "Gates have 5% of the area."),
    ("'x0 / 5'", "Gates have one fifth of the area."),
    ("'2 * x0 / 3'", "Gates have two thirds of the area."),
    ("'50 l * x0'", "Gates hold 50 litres per person."),
    ("'200 * x0'", "The number is P = 200w."),
    ("'x0 ^ 0.5 + 7 m'", "It is the square root of the area plus 7 m."),
    ("'100 mm x 50 mm'", "Gates have rails of 100 x 50 mm."),
    ("'1 in 12'", "Ramps rise 1:12."),
    ("'abs_77_2_4.1'", "Gates meet ABS 77.2 clause 4.1."),
    # references
    ("abs_1234", "Gates meet ABS 1234."),
    ("section_3.2.1a", "Gates meet Section 3.2.1a."),
    ("abs_1234_2011", "Gates meet ABS 1234: 2011."),
    ("abs_1234_2", "Gates meet ABS 1234.2."),
    ("abs_1234_2", "Gates meet Part 2 of ABS 1234."),
    ("abs_1234_t3", "Gates meet Table 3 of ABS 1234."),
    ("nzs_88", "Gates meet AS/NZS 88."),
    ("as_88", "Gates meet AS/NZS 88."),
    ("type_7", "A Type 7 alarm is fitted."),
    ("type_6", "Types 5 to 7 are fitted."),
    ("alloy_c777", "The alloy is C777."),
    ("abs_44_appendixE", "Gates meet ABS 44 Appendix E."),
    ("nzbc_q3as1_t2", "Gates meet Table 2 of Q3/AS1."),
    ("nzbc_q3_4.1", "Gates meet NZBC Q3.4.1."),
    ("section_30.8", "Gates meet § 30 (8)."),
    # entities
    ("gateWidth", "The width of gates is measured."),
    ("timberGate.installation", "Gates of timber are installed."),
    ("wastepipe", "The waste pipe is vented."),
    ("wastePipe", "The wastepipe is vented."),
    ("fireResistanceRating", "Walls have an FRR."),
    ("uPvc", "Pipes of uPVC are used."),
    ("galvanizedGate", "Gates are galvanised."),
    ("gate.height", "Gates are 2 m high."),
    ("d12", "Gates have D12 bars."),
    ("h1.2", "Gates are treated to H1.2."),
    ("twoLeafGate", "Gates with 2 leaves are locked."),
    ("balustrde", "A balustrade is fitted."),
    ("cafe", "Cafés have gates."),
]

DOCUMENTED = [
    ("code_q7as2", "Gates comply."),
    ("code_q7as2_t7", "Gates comply with Table 7."),
    ("code_q7as2_f17.a", "Gates comply with Figure 17(a)."),
    ("code_q7as2_f17.b", "Gates comply with Figures 17A and B."),
    ("code_q7as2_8.1.2", "Gates comply with Paragraph 8.1.2."),
    ("code_q7as2_8.1.2.c", "Gates comply with Paragraph 8.1.2 b) and c)."),
    ("code_q7as2_4.0", "Gates comply with Section 4."),
    ("code_q7as2_t8", "Gates comply with Tables 7 to 9."),
    ("code_q7as2_f1 to code_q7as2_f4", "Gates comply with Figures 1 to 4."),
    ("code_q7as2_3.2.1", "3.2.1 Gates are locked."),
    ("code_q7as2_3.2", "3.2.1 Gates are locked."),
]

CONVENTIONAL = [
    ("x0", "Gates are locked."),
    ("0", "Gates are locked."),
    ("1", "Gates are locked."),
    ("gate.material", "Gates are locked."),
    ("'x0 + x1'", "Gates are locked."),
    ("building", "Gates are locked."),
]

UNGROUNDED = [
    # numbers and units
    ("900 mm", "Gates shall be 800 mm wide."),
    ("900 m", "Gates shall be 900 mm wide."),
    ("900 kg", "Gates shall be 900 mm wide."),
    ("60 degC", "Gates swing through 60°."),
    ("600 mmCentres", "Gates are 600 mm wide."),
    ("7¾ in", "Gates rise at most 7 inches."),
    ("½ m", "Gates are 2 m wide."),
    ("2¼ m", "Gates are 2 m wide."),
    ("'2 m - ½'", "Gates are 2 m wide."),
    ("½ of it all", "Gates are 2 m wide."),
    ("'2 / 3 * (x0 + x1)'", "Gates have two of them."),
    ("'x0 / 2 / 3'", "Gates have two thirds of it."),
    ("1 perEverySecondFloor", "Gates are 30 m wide."),
    ("10 ml", "Gates hold 10 ML."),
    ("50 l", "Gates hold 50 litres per person."),
    ("100 percent", "One gate is locked."),
    ("5 degC", "Gates withstand -5 °C."),
    ("7", "Gates have three hinges."),
    ("2.5", "Gates cost 2.5 million."),
    ("2.5 million dollars", "Gates cost 2.5 thousand dollars."),
    ("2.5 million dollars", "Gates cost 2.5 dollars, of a million."),
    ("3 hundred", "Gates are set to minus 3 hundred."),
    ("500000", "Gates fail with a chance of 1 in 2 million."),
    ("2 l", "Tanks hold 2 to 3 million l."),
    ("2 m2", "Gates of two thousand m2 are watched."),
    ("2", "The second gate is locked."),
    ("1 m", "Gates are locked."),
    ("0 mm", "Gates are locked."),
    ("500e", "Gates are of Grade 400E steel."),
    ("1/10", "Ramps rise 1 in 12."),
    ("12", "Ramps rise 1 in 12."),
    ("'x0 + 150 mm'", "Gates clear the ground by 160 mm."),
    ("'0.05 * x1 + 7'", "Gates have 5% of the area."),
    ("'x0 ^ 3'", "Gates are 4 square metres large."),
    ("3:8", "Ramps rise 1 in 12."),
    # digits that name something
    ("3.2 m", "3.2.1 Gates are locked."),
    ("3.2", "3.2 Gates are locked."),
    ("7 mm", "Gates comply with Table 7."),
    ("7", "Gates comply with Table 7."),
    ("17", "Gates comply with Figures 16 and 17."),
    ("1234 mm", "Gates meet ABS 1234 and NZS 1234."),
    ("2 m", "2) Gates are locked."),
    # references
    ("code_q7as2_t8", "Gates comply with Table 7."),
    ("code_q7as2_f7", "Gates comply with Table 7."),
    ("code_q7as2_7", "Gates comply with Table 7."),
    ("code_q7as2_f17.b", "Gates comply with Figure 17(a)."),
    ("code_q9as2_t7", "Gates comply with Table 7."),
    ("nzbc_q9as2_t7", "Gates comply with Table 7."),
    ("code_q7as2_8.1.3", "Gates comply with Paragraph 8.1.2."),
    ("code_q7as2_3.2.2", "3.2.1 Gates are locked."),
    ("code_q7as2_f1 to code_q7as2_f5", "Gates comply with Figures 1 to 4."),
    ("nzs_1234", "Gates meet NZS 1235."),
    ("as_1234", "Gates meet NZS 1234, as the makers say."),
    ("nzs_1234_3", "Gates meet NZS 1234.2."),
    ("nzs_1234_2012", "Gates meet NZS 1234:2011."),
    ("type_8", "A Type 7 alarm has 8 bells."),
    # entities
    ("sprinkler", "Gates are locked."),
    ("steelGate", "Gates are locked."),
    ("d16", "Gates have D12 bars."),
    ("threeLeafGate", "Gates with 2 leaves are locked."),
    ("gate.fireRating", "Gates are locked."),
]


@pytest.mark.parametrize(("label", "clause"), SUPPORTED)
def test_words_of_the_clause_support(label: str, clause: str) -> None:
    node = ground_label(label, clause)
    assert node.grade == "supported", node.note
    assert node.spans


@pytest.mark.parametrize(("label", "clause"), DOCUMENTED)
def test_the_record_s_document_supports_its_own_tables_and_paragraphs(
    label: str, clause: str
) -> None:
    assert ground_label(label, clause, DOCUMENT).grade == "document"
    assert ground_label(label, clause).grade == "ungrounded"


@pytest.mark.parametrize(("label", "clause"), CONVENTIONAL)
def test_what_rules_add_by_convention_is_no_invention(label: str, clause: str) -> None:
    assert ground_label(label, clause).grade in ("convention", "supported")


@pytest.mark.parametrize(("label", "clause"), UNGROUNDED)
def test_nothing_supports(label: str, clause: str) -> None:
    node = ground_label(label, clause, DOCUMENT)
    assert node.grade == "ungrounded"
    assert node.note


@pytest.mark.parametrize("label", ["1/0 foo", "1/0 m", "2 * 1/0"])
def test_a_division_by_zero_is_supported_by_nothing(label: str) -> None:
    assert ground_label(label, "Each door has a width of 1 m.").grade == "ungrounded"


def test_a_number_with_another_unit_is_noted() -> None:
    node = ground_label("900 m", "Gates shall be 900 mm wide.")
    assert node.note == "900 is in the clause, m is not: it has mm instead"
    assert node.is_invented


def test_of_a_number_only_a_unit_that_its_measure_says_may_be_left_out() -> None:
    node = ground_label("900", "Gates shall be 900 mm wide, for 60 persons.")
    assert (node.is_invented, node.note) == (True, "900 has a unit in the clause, mm")
    node = ground_label("60", "Gates shall be 60 mm thick, for 60 persons.")
    assert (node.grade, node.note) == ("supported", "the clause gives it a unit, person")
    for amount in ("8 gauge", "8 air changes per hour", "Series 8"):
        assert ground_label("8", f"A gate of {amount} shall be fixed.").grade == "supported"


def test_words_that_are_missing_beside_most_that_are_there_are_noted() -> None:
    node = ground_label("lockedTimberGardenGate", "Locked gates of timber are allowed.")
    assert (node.grade, node.note) == ("supported", "'garden' not in the clause")


def test_spans_are_the_supporting_words_in_order() -> None:
    clause = "Gates made of hardwood shall, when open, leave a width of 0.9 m."
    rule = parse_rule(
        "if(is(gate.material,hardwood)),then(obligation(greaterThanEqual(gate.width,900 mm)))"
    )
    nodes = {node.label: words_of(node, clause) for node in ground(rule, clause).nodes}
    assert nodes["hardwood"] == ["hardwood"]
    assert nodes["900 mm"] == ["0.9 m"]
    assert nodes["gate.width"] == ["Gates", "width"]
    assert nodes["obligation"] == ["shall"]


def test_of_several_places_those_close_together_are_chosen() -> None:
    clause = "Doors have locks. Steel frames carry fire doors. Fire is a danger."
    assert words_of(ground_label("fireDoor", clause), clause) == ["fire doors"]


def test_every_node_is_grounded_in_preorder() -> None:
    rule = parse_rule("if(exist(gate)),then(permission(not(has(gate,lock))))")
    grounding = ground(rule, "Gates may be without a lock.")
    assert [node.number for node in grounding.nodes] == list(range(rule.size))
    assert [node.label for node in grounding.nodes] == list(rule.labels)
    grades = {node.label: node.grade for node in grounding.nodes}
    assert grades["permission"] == grades["not"] == "supported"
    assert grades["exist"] == grades["root"] == "convention"
    assert not grounding.ungrounded


def test_unknown_functors_need_words_and_known_ones_do_not() -> None:
    rule = parse_rule("if(exist(gate)),then(juggles(gate,lock))")
    grades = [node.label for node in ground(rule, "Gates have a lock.").ungrounded]
    assert grades == ["juggles"]


def test_invented_are_only_numbers_units_and_references() -> None:
    rule = parse_rule(
        "if(exist(sprinkler)),then(and(asPer(gate,nzs_5),lessThan(gate.width,7 m),has(gate,d9)))"
    )
    grounding = ground(rule, "Gates are locked.")
    assert [node.label for node in grounding.invented] == ["nzs_5", "7 m", "d9"]
    assert "sprinkler" in [node.label for node in grounding.ungrounded]


@pytest.mark.parametrize(
    ("leaf", "share"), [("lock", 1.0), ("sprinkler", 0.5), ("x0", 1.0), ("7 m", 0.5)]
)
def test_the_share_counts_leaves_that_are_no_convention(leaf: str, share: float) -> None:
    rule = parse_rule(f"if(exist(gate)),then(is(x0,{leaf}))")
    assert ground(rule, "Gates have a lock.").share == share


def test_a_rule_of_conventions_alone_is_wholly_grounded() -> None:
    assert ground(parse_rule("if(x0),then(x1)"), "").share == 1.0


def test_the_version_of_a_document_supports_nothing() -> None:
    assert ground_label("code_1.4", "Gates comply.", DOCUMENT).grade == "ungrounded"


UNITS = ["mm", "m", "kg", "kPa", "percent", "degC", "l/s", "deg", "minute"]


@given(st.integers(2, 999), st.integers(2, 999), st.sampled_from(UNITS), st.sampled_from(UNITS))
@settings(deadline=None)
def test_a_planted_quantity_is_always_found(own: int, planted: int, unit: str, other: str) -> None:
    assume((own, unit) != (planted, other))
    assume({unit, other} != {"mm", "m"} or own * 1000 != planted != own / 1000)
    clause = (
        f"4.{planted} Gates comply with Table {planted} and NZS {planted}; {own} {unit} is safe."
    )
    assert not ground_label(f"{own} {unit}", clause).is_invented
    assert ground_label(f"{planted} {other}", clause).is_invented
    assert ground_label(f"'x0 + {planted} {other}'", clause).is_invented


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None)
def test_any_clause_and_any_label_are_graded(label: str, clause: str) -> None:
    label = " ".join(label.replace("'", "").split()).translate({ord(c): None for c in "(),"})
    try:
        node = ground_label(label, clause, clause)
    except ValueError:
        assume(False)
        return
    assert all(0 <= start < end <= len(clause) for start, end in node.spans)
    grades: tuple[Grade, ...] = ("supported", "document", "convention", "ungrounded")
    assert node.grade in grades
