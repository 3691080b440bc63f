import pytest

from p4ir.corpus.headers import find_header

ROWS = [["1", "Doors shall be wide."], ["2", "Stairs are lit."]]


@pytest.mark.parametrize(
    ("rows", "chosen", "header"),
    [
        ([["No", "Wording"], *ROWS], None, 0),
        ([["Register", ""], [], ["No", "Wording"], *ROWS], None, 2),
        ([["Version", "3", ""], ["No", "Clause", "Note"], *ROWS], None, 1),
        ([["Version", "3", ""], ["No", "Wording", "Note"], *ROWS], {"clause": "wording "}, 1),
        ([["Register"], ["Clause"], ["Doors shall be wide."]], None, 1),
        ([["Wording", "Kind"], ["Doors shall be wide.", "text"]], None, 0),
        ([["Doors shall be wide."], ["Stairs are lit."]], None, None),
        ([["Doors shall be wide."], ["Stairs are lit.", "note"], ["Roofs are tight."]], None, None),
        ([], None, None),
    ],
)
def test_the_header_is_found_below_titles_and_empty_rows(rows, chosen, header):
    assert find_header(rows, chosen) == header
