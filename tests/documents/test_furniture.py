import pytest

from p4ir.documents.furniture import drop_furniture
from p4ir.documents.lines import Line


def split(heads):
    """Return which lines at the heads of pages are kept, and which are taken for furniture."""
    pages = [
        [Line(text=head, page=page, top=770), Line(text=f"Text {'abcdef'[page]}.", top=500)]
        for page, head in enumerate(heads, 1)
    ]
    kept, dropped = drop_furniture(pages)
    return [line.text for line in kept if line.top == 770], dropped


@pytest.mark.parametrize(
    "heads",
    [
        ["1 Doors shall be wide.", "2 Windows shall be high.", "3 Stairs shall be safe."],
        ["1.1 Doors shall be lit, see page 4", "1.2 Roofs shall, see page 5", "Gates shall 6"],
        ["Doors shall be wider than 900", "Doors shall be wider than 850", "Doors shall be 7"],
        ["1 Doors shall be 900", "2 Doors shall be 850", "3 Doors shall be 750"],
        ["have a width of 900", "have a width of 850", "have a width of 1200"],
        ["They are lit.", "They are lit."],
    ],
)
def test_lines_of_sentences_that_differ_by_more_than_a_page_number_are_no_furniture(heads):
    assert split(heads) == (heads, [])


@pytest.mark.parametrize(
    "heads",
    [
        [
            "This copy must not be sold.",
            "This copy must not be sold.",
            "This copy must not be sold.",
        ],
        ["Copies must not be sold 4", "Copies must not be sold 5", "Copies must not be sold 6"],
        ["What is meant 4", "What is meant 5", "What is meant 6"],
        ["Part 1 What is meant 4", "Part 2 What is lit 5", "Part 3 What is dry 6"],
        ["Code of Practice 1", "Code of Practice 2", "Code of Practice 1", "Code of Practice 2"],
        ["Code of Practice", "Code of Practice"],
    ],
)
def test_lines_that_recur_but_for_a_page_number_are_furniture(heads):
    assert split(heads) == ([], list(dict.fromkeys(heads)))
