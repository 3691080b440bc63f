import pytest

from p4ir.errors import first_line


@pytest.mark.parametrize(
    ("said", "line"),
    [("one", "one"), ("\n one \ntwo", "one"), ("", "ValueError"), ("x" * 400, "x" * 300)],
)
def test_the_first_line_of_an_error_is_short_and_never_empty(said, line):
    assert first_line(ValueError(said)) == line
