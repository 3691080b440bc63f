import pytest

from p4ir.check.ids.claims import Part, Place, Size, State, Words, read_claims
from p4ir.check.ids.refusals import CODES, Refusal, RefusedError
from p4ir.rules import parse_rule
from p4ir.rules.units import Quantity


def claims_of(text):
    return read_claims(parse_rule(text))


@pytest.mark.parametrize(
    ("conclusion", "duties"),
    [
        ("greaterThanEqual(door.width,850 mm)", (Size("width", "≥", Quantity(850, "mm")),)),
        ("not(lessThan(door.width,850 mm))", (Size("width", "≥", Quantity(850, "mm")),)),
        ("equal(door.leaf,2)", (Size("leaf", "=", Quantity(2, "")),)),
        ("is(door,sealed)", (State("sealed", True),)),
        ("not(is(door,sealed))", (State("sealed", False),)),
        ("is(door,and(sealed,lit))", (State("sealed", True), State("lit", True))),
        ("not(is(door,or(sealed,lit)))", (State("sealed", False), State("lit", False))),
        ("is(door.material,steel)", (Words("material", ("steel",)),)),
        ("is(door.material,or(steel,oak))", (Words("material", ("steel", "oak")),)),
        (
            "or(is(door.material,steel),is(door.material,oak))",
            (Words("material", ("steel", "oak")),),
        ),
        ("is(door.type,external)", (Words("type", ("external",)),)),
        ("not(is(door.type,external))", (State("external", False),)),
        ("has(door,closer)", (Part("closer", True),)),
        ("has(door,and(closer,lock))", (Part("closer", True), Part("lock", True))),
        ("not(or(has(door,lock),is(door,lit)))", (Part("lock", False), State("lit", False))),
        ("within(door,storey)", (Place("storey"),)),
    ],
)
def test_duties_are_read(conclusion, duties):
    claims = claims_of(f"if(exist(door)),then(obligation({conclusion}))")
    assert claims == ("door", ((),), duties)


@pytest.mark.parametrize(
    "conclusion",
    [
        "prohibition(lessThan(door.width,850 mm))",
        "not(permission(lessThan(door.width,850 mm)))",
        "and(not(permission(lessThan(door.width,850 mm))))",
    ],
)
def test_a_prohibition_and_a_permission_refused_forbid_what_they_say(conclusion):
    claims = claims_of(f"if(exist(door)),then({conclusion})")
    assert claims.duties == (Size("width", "≥", Quantity(850, "mm")),)


def test_several_obligations_are_all_asked():
    claims = claims_of(
        "if(exist(door)),then(and(obligation(is(door,lit)),obligation(is(door,sealed))))"
    )
    assert claims.duties == (State("lit", True), State("sealed", True))


def test_the_cases_of_a_condition_are_told_apart():
    claims = claims_of(
        "if(and(is(wall,external),or(is(wall,loadbearing),not(greaterThan(wall.height,3 m))))),"
        "then(obligation(is(wall,insulated)))"
    )
    assert claims.cases == (
        (State("external", True), State("loadbearing", True)),
        (State("external", True), Size("height", "≤", Quantity(3, "m"))),
    )


@pytest.mark.parametrize(
    ("condition", "conclusion", "code", "about"),
    [
        ("exist(door)", "permission(is(door,locked))", "permission", ""),
        ("exist(door)", "and(obligation(is(door,lit)),permission(is(door,red)))", "permission", ""),
        ("exist(door)", "not(and(permission(is(door,red))))", "permission", ""),
        ("exist(door)", "obligation(permission(is(door,red)))", "permission", ""),
        ("exist(door)", "not(obligation(is(door,lit)))", "no-duty", ""),
        (
            "exist(door)",
            "or(not(permission(is(door,red))),obligation(is(door,lit)))",
            "alternatives",
            None,
        ),
        ("exist(door)", "is(door,lit)", "no-duty", ""),
        ("exist(door)", "and(obligation(is(door,lit)),is(d,red))", "no-deontic", "is(d,red)"),
        ("exist(door)", "loop(forEach(door.side),obligation(is(side,lit)))", "for-each", None),
        ("exist(door)", "or(is(door,lit),obligation(is(door,red)))", "alternatives", None),
        ("exist(door)", "obligation(or(is(door,lit),is(door,red)))", "alternatives", None),
        ("exist(door)", "obligation(is(door.type,and(x,or(y,z))))", "second-thing", None),
        ("exist(door)", "obligation(is(frame,lit))", "two-things", "door and frame"),
        ("exist(door)", "obligation(towards(door,exit))", "second-thing", "towards(door,exit)"),
        ("exist(door)", "obligation(has(door.top,seal))", "second-thing", "has(door.top,seal)"),
        ("exist(door)", "obligation(complyWith(door,nzs_1))", "reference", None),
        ("exist(door)", "obligation(asPer(door.width,table_1))", "reference", None),
        ("exist(door)", "obligation(lessThan(count(door.hinge),4))", "count", "count(door.hinge)"),
        ("exist(door)", "obligation(loop(forEach(door.side),is(door,lit)))", "for-each", None),
        ("exist(door)", "obligation(equal(door.width,x0))", "arithmetic", "x0"),
        ("exist(door)", "obligation(equal(door.width,'2 * 3'))", "arithmetic", "'2 * 3'"),
        ("exist(door)", "obligation(is(door.leaf,50 mm x 2 m))", "arithmetic", "50 mm x 2 m"),
        ("exist(door)", "obligation(define(door.width,x0))", "arithmetic", None),
        ("exist(door)", "obligation(equal(door,850 mm))", "no-property", "equal(door,850 mm)"),
        ("exist(door)", "obligation(lessThan(door.width,door.height))", "two-properties", None),
        ("exist(door)", "obligation(equal(door.rating,ei30))", "word", "equal(door.rating,ei30)"),
        ("exist(door)", "obligation(equal(door.rating,en_1634-1))", "reference", None),
        ("exist(door)", "obligation(is(door.colour,and(red,blue)))", "several-values", None),
        ("exist(door)", "obligation(not(is(door.colour,red)))", "negation", None),
        ("exist(door)", "obligation(not(equal(door.width,1 m)))", "negation", None),
        ("exist(door)", "obligation(not(within(door,lobby)))", "negation", None),
        ("exist(door)", "obligation(equal(door.width,3 furlongs))", "unit", "3 furlongs"),
        ("not(exist(door))", "obligation(is(door,lit))", "negation", "exist(door)"),
        ("within(door,lobby)", "obligation(is(door,lit))", "second-thing", "within(door,lobby)"),
        (
            "and(or(is(d,a),is(d,b)),or(is(d,e),is(d,f)),or(is(d,g),is(d,h)),or(is(d,i),is(d,j)))",
            "obligation(is(d,lit))",
            "too-many-cases",
            "8",
        ),
    ],
)
def test_what_ids_cannot_say_is_refused_with_the_reason(condition, conclusion, code, about):
    with pytest.raises(RefusedError) as error:
        claims_of(f"if({condition}),then({conclusion})")
    assert error.value.refusal.code == code
    if about is not None:
        assert error.value.refusal.about == about


def test_every_reason_is_a_sentence():
    for code in CODES:
        said = str(Refusal(code, "door.width"))
        assert "{" not in said
        assert len(said.split()) > 3
