import pytest

from p4ir.errors import NotationError
from p4ir.review.carrying import ending_of, format_carrying
from p4ir.rules import parse_rule
from p4ir.rules.entry import Entry
from p4ir.rules.files import notation_of, read_rules
from p4ir.rules.notation import NOTATIONS

ENTRIES = [
    Entry(
        rule=parse_rule(f"if(exist(door)),then(obligation(greaterThan(door.width,{width} mm)))"),
        id=f"code/{width}",
        clause=f"Doors shall be wider than {width} mm, 'clear' & <free>.",
        document="code.pdf",
        number="1.1",
        model="smollm2-135m",
        adapter="sft",
        status="approved",
    )
    for width in (800, 900)
]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_carries_where_a_rule_comes_from_and_is_read_back(notation):
    data = format_carrying(ENTRIES, notation).encode()
    read = read_rules(data, notation_of(data, f".{ending_of(notation)}"))
    assert read.bad == []
    assert read.entries == ENTRIES


def test_no_rules_are_no_lines():
    assert format_carrying([], "lrml") == ""


def test_an_unknown_notation_is_refused():
    with pytest.raises(NotationError):
        format_carrying(ENTRIES, "prose")
