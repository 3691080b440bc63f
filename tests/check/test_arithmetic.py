import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p4ir.check.arithmetic import Name, Number, Operation, parse_arithmetic
from p4ir.rules.units import Quantity


def written(expression):
    """Write an expression with all its brackets."""
    match expression:
        case Number(quantity):
            return str(quantity)
        case Name(name):
            return name
        case Operation(operator, left, right):
            return f"({written(left)} {operator} {written(right)})"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0.05 * x1", "(0.05 * x1)"),
        ("x0 + 150 mm", "(x0 + 150 mm)"),
        ("x0 - (x1 - 150 mm)", "(x0 - (x1 - 150 mm))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b * c", "((a / b) * c)"),
        ("1 + 2 * 3 ^ 2", "(1 + (2 * (3 ^ 2)))"),
        ("2 ^ -1", "(2 ^ (-1 * 1))"),
        ("-x0 + 1", "((-1 * x0) + 1)"),
        ("1/3 * x0", "((1 / 3) * x0)"),
        ("x0 / 0.65 m2", "(x0 / 0.65 m2)"),
        ("10 cfm * x0 + 0.12 cfm/ft2 * x1", "((10 cfm * x0) + (0.12 cfm/ft2 * x1))"),
        ("x0 / 500 mm * 100", "((x0 / 500 mm) * 100)"),
        ("150mm/2", "(150 mm / 2)"),
        ("value + (x0 - 12) / 0.5", "(value + ((x0 - 12) / 0.5))"),
        ("door.width * 2", "(door.width * 2)"),
        ("0.5 * x0 ^ 0.5", "(0.5 * (x0 ^ 0.5))"),
    ],
)
def test_arithmetic_is_read_with_its_usual_precedence(text, read):
    assert written(parse_arithmetic(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "100 mm x 100 mm", "50 x 1 mm", "+/- 20 degreesOfTheAngle", "NOT FOR DRINKING",
        "x0 +", "* 2", "(x0", "x0)", "()", "max(x1, x2)", "x0 ** 2", "a; b", "a = b", "1 2",
        "__import__('os')", "x0 % 2", "(" * 500, "x" + " + x" * 500,
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_stays_a_text(text):
    assert parse_arithmetic(text) is None


expressions = st.recursive(
    st.sampled_from(["x0", "2", "1.5 m"]),
    lambda part: st.builds("({} {} {})".format, part, st.sampled_from("+-*/^"), part),
    max_leaves=8,
)


@settings(deadline=None)
@given(expressions)
def test_an_expression_is_read_back_as_it_is_written(text):
    expression = parse_arithmetic(text)
    assert parse_arithmetic(written(expression)) == expression


@settings(deadline=None)
@given(st.text("x01+-*/^(). m'", max_size=30))
def test_any_text_is_read_or_is_none(text):
    expression = parse_arithmetic(text)
    assert expression is None or isinstance(expression, Number | Name | Operation)


def test_a_unit_is_the_longest_that_is_known():
    assert parse_arithmetic("8 l/s/person") == Number(Quantity(8, "l/s/person"))
