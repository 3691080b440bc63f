import pytest

from p4ir.corpus.conventions import broken_conventions
from p4ir.rules import parse_rule

KEPT = [
    "if(exist(gate)),then(obligation(not(is(gate,locked))))",
    "if(exist(gate)),then(and(obligation(is(gate,lit)),permission(not(has(gate,lock)))))",
    "if(exist(gate)),then(obligation(or(and(for(gate,car),equal(gate.width,3 m)),has(gate,bar))))",
    "if(exist(gate)),then(obligation(complyWith(gate,or(en_12,clause_8.1 to clause_8.4))))",
    "if(exist(gate)),then(obligation(and(define(bar.gap,x0),equal(gate.w,'(x0 - 20 mm) / 2'))))",
    "if(exist(gate)),then(obligation(equal(gate.size,'40 mm x 40 mm')))",
    "if(and(has(yard,gate),exist(flood))),then(applyTo(section_3,gate))",
    "if(exist(gate)),then(obligation(and(greaterThanEqual(gate.width,value),asPer(value,table_2))))",
    "if(exist(gate)),then(obligation(and(inBetween(bar,and(gate,post)),is(bar,painted))))",
]
BROKEN = [
    ("if(exist(gate)),then(prohibition(has(gate,lock)))", "'prohibition' is not used"),
    ("if(over(gate,road)),then(obligation(has(gate,lock)))", "'over' is not used"),
    (
        "if(exist(gate)),then(obligation(and(has(gate,lock),and(is(gate,lit),has(gate,bar)))))",
        "'and' stands directly in 'and'",
    ),
    (
        "if(exist(gate)),then(obligation(not(lessThan(gate.width,1 m))))",
        "'lessThan' is negated; write the opposite comparison",
    ),
    (
        "if(exist(gate)),then(obligation(is(gate.width,1 m)))",
        "'is' does not take the quantity '1 m'; write 'equal'",
    ),
    (
        "if(exist(gate)),then(obligation(equal(gate.colour,red)))",
        "'equal' does not take the name 'red'; write 'is'",
    ),
    (
        "if(and(gate,has(yard,gate))),then(obligation(has(gate,lock)))",
        "'and' joins the name 'gate' as if it were a statement",
    ),
    (
        "if(exist(gate)),then(obligation(or(gate,fence)))",
        "'or' joins the name 'gate' as if it were a statement",
    ),
    (
        "if(exist(gate)),then(obligation(equal(gate.width,2.0 m)))",
        "'2.0 m' has trailing zeros",
    ),
    (
        "if(exist(steel gate)),then(obligation(has(steel gate,lock)))",
        "'steel gate' is no name; write one like 'fireDoor', 'door.width' or 'table_7'",
    ),
    (
        "if(exist(yard)),then(obligation(is(yard.gate.colour,red)))",
        "'yard.gate.colour' has more than one dot",
    ),
    (
        "if(exist(gate)),then(obligation(and(define(gate.gap,x0),equal(gate.width,'twice x0'))))",
        "'twice x0' is no arithmetic; write it like '0.5 * (x0 + 100 mm)'",
    ),
    (
        "if(exist(gate)),then(obligation(and(define(gate.gap,x1),equal(gate.width,'2 * x1'))))",
        "variables come in the order x1; count from x0",
    ),
    (
        "if(permission(has(yard,gate))),then(obligation(has(gate,lock)))",
        "a deontic stands in the condition",
    ),
    (
        "if(exist(gate)),then(and(permission(has(gate,bar)),obligation(has(gate,lock))))",
        "the conclusion joins permission and obligation; write obligation, then permission",
    ),
    (
        "if(exist(gate)),then(not(obligation(has(gate,bar))))",
        "'obligation' stands in 'not', not in 'then'",
    ),
    (
        "if(is(shed.type,heated)),then(obligation(has(shed,gate)))",
        "'heated' is a state; write 'is(shed,…)'",
    ),
    (
        "if(is(room.type,or(shop,bar))),then(obligation(or(not(is(room,bar)),has(room,gate))))",
        "'bar' is now a kind, now a state of 'room'; write 'is(room.type,…)'",
    ),
    (
        "if(and(exist(gate),is(gate.material,steel))),then(obligation(has(gate,lock)))",
        "'exist(gate)' stands beside another statement about 'gate'",
    ),
]


@pytest.mark.parametrize("text", KEPT)
def test_a_rule_that_follows_the_guide_breaks_nothing(text: str) -> None:
    assert broken_conventions(parse_rule(text)) == []


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_what_breaks_a_convention_is_named(text: str, reason: str) -> None:
    assert reason in broken_conventions(parse_rule(text))
