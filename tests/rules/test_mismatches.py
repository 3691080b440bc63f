import pytest

from p4ir.rules import parse_rule
from p4ir.rules.grounding import ground
from p4ir.rules.mismatches import mismatches, misstates

RULE = parse_rule(
    "if(exist(exitCorridor)),then(obligation(greaterThanEqual(exitCorridor.width,1200 mm)))"
)


@pytest.mark.parametrize(
    ("clause", "unused"),
    [
        ("3.1 An exit corridor shall be at least 1.2 m wide.", []),
        ("An exit corridor shall be 1200 mm wide and 2.1 m high.", ["2.1 m"]),
        ("3.1 An exit corridor shall be as in Table 7 and 1200 mm wide.", []),
        ("Each one exit corridor shall be 1200 mm wide.", []),
        ("Two exit corridors shall be 1200 mm wide.", ["Two"]),
        ("Both exit corridors shall be 1200 mm wide.", []),
        ("B.3.1 A corridor to an exit shall be 1200 mm wide.", []),
        ("H.3 Corridors to an exit shall be 1200 mm wide.", []),
        ("3.1 A corridor to an exit shall be 1200 mm wide.", []),
        ("2.6 In each storey an exit corridor shall be 1200 mm wide.", []),
        ("2.6 inches of a 1200 mm exit corridor shall be lined.", ["2.6 inches"]),
        ("An exit corridor shall be 1200 mm, or between doors 1200 mm, wide.", []),
        ("An exit corridor shall be 1.2 m (1200 mm) wide.", []),
        ("An exit corridor shall be 1.2 m (47 inches) wide.", []),
        ("An exit corridor shall be 47 inches (1200 mm) wide.", []),
        ("By the Act (2004) an exit corridor shall be 1.2 m wide.", []),
        ("An exit corridor shall be 1.2 m (47 inches at doors) wide.", ["47 inches"]),
        ("An exit corridor shall be 1.2 m wide (2.1 m).", ["2.1 m"]),
        ("An exit corridor shall be 2.1 m (83 inches) high.", ["2.1 m", "83 inches"]),
        ("An exit corridor shall be 1.2 m (47 in) wide.", []),
        ("An exit corridor shall be 1.2 m [about 47 in.] wide.", []),
        ("An exit corridor shall be 1.2 m wide, or 120 cm between doors.", []),
        ("An exit corridor shall be 1.2 m wide and 6 feet 10 inches high.", ["6 feet 10 inches"]),
        ("An exit corridor for one hundred people shall be 1.2 m wide.", ["one hundred people"]),
        ("An exit corridor shall resist fire for one hour and be 1.2 m wide.", ["one hour"]),
        ("A corridor from one exit to another, the wider of the two, shall be 1.2 m wide.", []),
        ("An exit corridor shall once in a single wing be 1.2 m wide, without double doors.", []),
    ],
)
def test_numbers_that_no_node_takes_up_are_told(clause, unused):
    assert [clause[start:end] for start, end in ground(RULE, clause).unused] == unused


def test_the_unit_of_a_number_is_not_the_number():
    clause = "Doors serving more than 50 people shall open outwards."
    rule = parse_rule("if(for(door,person)),then(obligation(is(door.openingDirection,outward)))")
    assert mismatches(rule, clause, ground(rule, clause)) == (
        "50 people: in the clause, but no part of the rule takes it up",
    )


def test_a_number_that_became_another_of_the_clause_is_told():
    clause = "A guard shall be at least 1.1 m high where the drop exceeds 1 m."
    rule = parse_rule(
        "if(greaterThan(guard.height,1 m)),then(obligation(greaterThanEqual(guard.height,1 m)))"
    )
    assert mismatches(rule, clause, ground(rule, clause)) == (
        "1.1 m: in the clause, but no part of the rule takes it up",
    )


def test_what_is_invented_stands_before_what_is_left_out_and_turned_round():
    clause = "Ramps shall be at least 1.2 m wide, and no steeper than 1 in 12 over 9 m."
    rule = parse_rule(
        "if(exist(ramp)),then(obligation(and(lessThan(ramp.width,1.2 m),"
        "lessThanEqual(ramp.gradient,1/12),lessThan(ramp.length,6 m))))"
    )
    assert mismatches(rule, clause, ground(rule, clause)) == (
        "6 m not in the clause",
        "9 m: in the clause, but no part of the rule takes it up",
        "“at least 1.2 m” in the clause, but lessThan in the rule",
    )


@pytest.mark.parametrize(
    ("clause", "limits", "told"),
    [
        ("a gate 900 mm ± 5 mm wide", ["equal(gate.width,900 mm)"], ["5 mm"]),
        ("a gate 900 mm +/- 5% wide", ["equal(gate.width,900 mm)"], ["5%"]),
        ("a gate 900 mm wide, within 10 mm", ["equal(gate.width,900 mm)"], ["10 mm"]),
        ("a gate to within 10 mm of 900 mm", ["equal(gate.width,900 mm)"], ["10 mm"]),
        ("a gate 900 mm ± 5 mm wide", ["greaterThanEqual(gate.width,895 mm)"], ["5 mm"]),
        ("a gate 900 mm ± 5 mm wide", ["equal(gate.width,900 mm)", "equal(gap,5 mm)"], []),
        (
            "a gate 900 mm ± 5 mm wide",
            ["greaterThanEqual(gate.width,895 mm)", "lessThanEqual(gate.width,905 mm)"],
            [],
        ),
        ("2 100 mm bolts to a gate", ["equal(count(bolt),2)"], ["100 mm"]),
    ],
)
def test_a_tolerance_that_a_rule_leaves_out_is_told(clause, limits, told):
    rule = parse_rule(f"if(exist(gate)),then(obligation(and({','.join(limits)})))")
    grounding = ground(rule, clause)
    assert [clause[start:end] for start, end in grounding.unused] == told
    assert not grounding.invented


@pytest.mark.parametrize("mark", ["6 ft 2 in", "6 ft. 2 in.", "6 feet, 2 inches", "6'-2\""])
def test_feet_without_their_inches_are_no_amount_of_the_clause(mark):
    clause = f"Gates shall be {mark} wide."
    told = []
    for amount in ("6 ft", "2 in", "74 in", "'6 ft 2 in'"):
        rule = parse_rule(f"if(exist(gate)),then(obligation(equal(gate.width,{amount})))")
        told.append(len(mismatches(rule, clause, ground(rule, clause))))
    assert told == [2, 2, 0, 0]


@pytest.mark.parametrize("said", ["20 ft. 6 inch", "20 feet 6-inch", "20 ft 6 in. wide"])
def test_feet_and_inches_that_may_be_two_measures_are_told(said):
    clause = f"Every {said} straps shall be fixed."
    doubt = f"{said.removesuffix('. wide')}: the clause does not tell whether this is one measure"
    for amount in ("20 ft", "6 in", "246 in"):
        rule = parse_rule(f"if(exist(strap)),then(obligation(equal(strap.width,{amount})))")
        assert doubt in mismatches(rule, clause, ground(rule, clause))


@pytest.mark.parametrize(
    ("conclusion", "wrong"),
    [
        ("greaterThanEqual(sill.height,600 mm),asPer(sill,nzs_4223)", False),
        ("greaterThanEqual(sill.height,600 mm)", False),
        ("greaterThanEqual(sill.height,600 mm),asPer(sill,nzs_4211)", False),
        ("greaterThanEqual(sill.height,600 mm),lessThan(sill.width,90 mm)", True),
        ("greaterThanEqual(sill.height,600 mm),equal(count(sill),3)", True),
        ("has(sill,height)", True),
        ("lessThanEqual(sill.height,600 mm)", True),
    ],
)
def test_what_is_made_up_left_out_or_turned_round_is_misstated_but_no_reference(conclusion, wrong):
    clause = "Sills shall be at least 600 mm high, and comply with NZS 4223."
    rule = parse_rule(f"if(exist(sill)),then(obligation(and({conclusion})))")
    assert misstates(rule, clause) is wrong
