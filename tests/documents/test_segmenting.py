import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from p4ir.documents import segment_text

RISE = "Stairs in dwellings shall have a rise of no more than 190 mm, and a going of 280 mm."
ESCAPE = "Doors serving more than 50 people shall open in the direction of escape, and outwards."
CASES = {
    "numbers": (
        "1.1 Doors shall be wide.\n1.2 Stairs shall be lit.\n",
        [("1.1", "1.1 Doors shall be wide."), ("1.2", "1.2 Stairs shall be lit.")],
    ),
    "letters and numbers": (
        "A1. Doors shall be wide.\nA2. Stairs shall be lit.\n\nR301.2 Roofs shall be tight.\n",
        [
            ("A1", "A1. Doors shall be wide."),
            ("A2", "A2. Stairs shall be lit."),
            ("R301.2", "R301.2 Roofs shall be tight."),
        ],
    ),
    "paragraph signs and words": (
        "§ 34 Treppen müssen sicher sein.\n\nArticle 5 Doors shall be wide.\n",
        [
            ("§ 34", "§ 34 Treppen müssen sicher sein."),
            ("Article 5", "Article 5 Doors shall be wide."),
        ],
    ),
    "a clause a line, however long": (f"{RISE}\n{ESCAPE}\n", [("", RISE), ("", ESCAPE)]),
    "a lead-in and a sentence a line": (
        f"Where a stair serves more than one dwelling, all of the following:\n{RISE}\n{ESCAPE}\n",
        [
            ("", f"Where a stair serves more than one dwelling, all of the following: {RISE}"),
            ("", ESCAPE),
        ],
    ),
    "a paragraph of two sentences below a number": (
        f"1.1 {RISE}\n{ESCAPE}\n1.2 Ramps shall be lit.\n",
        [("1.1", f"1.1 {RISE} {ESCAPE}"), ("1.2", "1.2 Ramps shall be lit.")],
    ),
    "sentences that happen to end with a wrapped line": (
        f"{RISE}\n{ESCAPE}\nThey shall be marked as\nexits.\n",
        [("", f"{RISE} {ESCAPE} They shall be marked as exits.")],
    ),
    "a list stays with its lead-in": (
        "2.1 A ramp shall:\n(a) be straight;\n(b) have\n   handrails; and\n(c) be dry.\n",
        [("2.1", "2.1 A ramp shall: (a) be straight; (b) have handrails; and (c) be dry.")],
    ),
    "a list within a list": (
        "2.1 A ramp shall:\na) be straight;\nb) have\n  i) rails,\n  ii) kerbs.\n"
        "2.2 Ramps are dry.",
        [
            ("2.1", "2.1 A ramp shall: a) be straight; b) have i) rails, ii) kerbs."),
            ("2.2", "2.2 Ramps are dry."),
        ],
    ),
    "numbers of a list are no clauses": (
        "2.1 A ramp shall be:\n1. straight;\n2. dry.\n",
        [("2.1", "2.1 A ramp shall be: 1. straight; 2. dry.")],
    ),
    "items with capitals after a lead-in": (
        "2.1 A ramp shall have:\n1. Rails; and\n2. Kerbs.\n\n2.2 Ramps are dry.\n",
        [("2.1", "2.1 A ramp shall have: 1. Rails; and 2. Kerbs."), ("2.2", "2.2 Ramps are dry.")],
    ),
    "items between empty lines": (
        "2.1 A ramp shall have:\n\n1. rails;\n\n2. kerbs; and\n\n3. lamps.\n",
        [("2.1", "2.1 A ramp shall have: 1. rails; 2. kerbs; and 3. lamps.")],
    ),
    "exceptions": (
        "2.1 Ramps shall have rails.\n\nExceptions:\n\n1. Ramps of dwellings.\n\n"
        "2. Ramps shall need none in lofts.\n\n2.2 Ramps are dry.\n",
        [
            ("2.1", "2.1 Ramps shall have rails."),
            ("", "Exceptions: 1. Ramps of dwellings. 2. Ramps shall need none in lofts."),
            ("2.2", "2.2 Ramps are dry."),
        ],
    ),
    "items in clauses that are counted as they are": (
        "1. Doors shall have:\n\n1. a bolt;\n\n2. a sign.\n\n2. Ramps shall have:\n\n"
        "1. rails;\n\n2. kerbs.\n\n3. Roofs shall be tight.\n",
        [
            ("1", "1. Doors shall have: 1. a bolt; 2. a sign."),
            ("2", "2. Ramps shall have: 1. rails; 2. kerbs."),
            ("3", "3. Roofs shall be tight."),
        ],
    ),
    "clauses that are counted behind an introduction": (
        "In every building:\n\n1. Doors shall be wide.\n\n2. Ramps shall be dry.\n",
        [
            ("", "In every building:"),
            ("1", "1. Doors shall be wide."),
            ("2", "2. Ramps shall be dry."),
        ],
    ),
    "a chapter behind a colon": (
        "2.4 Ramps of lofts:\n\n3 Roofs\n\n3.1 Roofs shall be tight.\n",
        [("2.4", "2.4 Ramps of lofts:"), ("3.1", "3.1 Roofs shall be tight.")],
    ),
    "clauses that are counted and no sentences": (
        "1. doors\n\n2. ramps\n\n3. roofs\n",
        [("1", "1. doors"), ("2", "2. ramps"), ("3", "3. roofs")],
    ),
    "counts at the head of a sentence": (
        "2.1 Ramps shall be lit.\n\n50 persons or more shall have 2 exits.\n\n"
        "2 exits shall be marked.\n\n2.2 Ramps are dry.\n",
        [
            ("2.1", "2.1 Ramps shall be lit."),
            ("", "50 persons or more shall have 2 exits."),
            ("", "2 exits shall be marked."),
            ("2.2", "2.2 Ramps are dry."),
        ],
    ),
    "definitions": (
        "2.1 Terms\n\nramp: a floor that slopes\n\nkerb: an edge of a ramp.\n\n"
        "loft: a room below a roof.\n",
        [
            ("2.1", "ramp: a floor that slopes"),
            ("", "kerb: an edge of a ramp."),
            ("", "loft: a room below a roof."),
        ],
    ),
    "a small letter below a heading": (
        "2.1 Ramps shall have rails, and\n\nkerbs of stone\n\nLofts and roofs\n\n"
        "eaves shall be dry.\n",
        [("2.1", "2.1 Ramps shall have rails, and kerbs of stone"), ("", "eaves shall be dry.")],
    ),
    "bullets": (
        "2.1 A ramp shall have:\n• rails;\n• kerbs.\n",
        [("2.1", "2.1 A ramp shall have: • rails; • kerbs.")],
    ),
    "items that are sentences are clauses": (
        "2.1 Ramps\n(a) Ramps shall be straight.\n(b) Ramps shall be dry.\n",
        [("2.1(a)", "(a) Ramps shall be straight."), ("2.1(b)", "(b) Ramps shall be dry.")],
    ),
    "items of items that are sentences": (
        "§ 5 Treppen\n(1) Treppen müssen breit sein.\n(2) Treppen müssen hell sein. Es gilt:\n"
        "a) Licht ist weiß;\nb) Licht ist hell.\n",
        [
            ("§ 5(1)", "(1) Treppen müssen breit sein."),
            (
                "§ 5(2)",
                "(2) Treppen müssen hell sein. Es gilt: a) Licht ist weiß; b) Licht ist hell.",
            ),
        ],
    ),
    "letters that are also Roman numbers": (
        "2.1 Ramps\n(g) Ramps are wide.\n(h) Ramps are dry.\n(i) Ramps are lit.\n"
        "(j) Ramps are safe. They have:\n(i) rails;\n(ii) kerbs.\n",
        [
            ("2.1(g)", "(g) Ramps are wide."),
            ("2.1(h)", "(h) Ramps are dry."),
            ("2.1(i)", "(i) Ramps are lit."),
            ("2.1(j)", "(j) Ramps are safe. They have: (i) rails; (ii) kerbs."),
        ],
    ),
    "sentences within an item": (
        "2.1 Ramps\n(a) Ramps are safe.\n(i) Rails are smooth.\n(ii) Kerbs are high.\n"
        "(b) Ramps are dry.\n2.2 Roofs are tight.\n",
        [
            ("2.1(a)", "(a) Ramps are safe."),
            ("2.1(a)(i)", "(i) Rails are smooth."),
            ("2.1(a)(ii)", "(ii) Kerbs are high."),
            ("2.1(b)", "(b) Ramps are dry."),
            ("2.2", "2.2 Roofs are tight."),
        ],
    ),
    "a heading gives its number to the paragraph below": (
        "2 Ramps\n\n2.1 Slope\nA ramp shall not be steep.\n\nIt shall be dry.\n",
        [("2.1", "A ramp shall not be steep."), ("", "It shall be dry.")],
    ),
    "a number that wrapped begins no clause": (
        "2.1 A ramp that is higher than\n1.5 m shall comply with clause\n2.1.1 and be as wide as\n"
        "900 mm or more, as\n1 in 12 ramps are.\n2.2 Ramps shall be dry.\n",
        [
            (
                "2.1",
                "2.1 A ramp that is higher than 1.5 m shall comply with clause 2.1.1 and be as "
                "wide as 900 mm or more, as 1 in 12 ramps are.",
            ),
            ("2.2", "2.2 Ramps shall be dry."),
        ],
    ),
    "hyphens at the end of a line": (
        "Corridors are wide. A corri-\ndor of fire class has a fire-\nresisting door.\n",
        [("", "Corridors are wide. A corridor of fire class has a fire-resisting door.")],
    ),
    "lines that are paragraphs": (
        "Doors shall be wide.\nStairs shall be lit.\nRoofs shall be tight.\n",
        [("", "Doors shall be wide."), ("", "Stairs shall be lit."), ("", "Roofs shall be tight.")],
    ),
    "lists of contents and captions go": (
        "Contents\n1 Doors ........ 3\n2 Stairs . . . . . 12\n\n1.1 Doors are wide.\n"
        "Table 3 Widths\n",
        [("1.1", "1.1 Doors are wide.")],
    ),
    "text without a clause is what there is": ("Handrails", [("", "Handrails")]),
    "no text": (" \n\t\n", []),
}


@pytest.mark.parametrize("name", CASES)
def test_clauses_are_cut_by_their_numbers(name):
    text, expected = CASES[name]
    assert [(clause.number, clause.text) for clause in segment_text(text)] == expected


def test_a_clause_knows_its_headings_its_line_and_what_it_stands_under():
    clauses = segment_text(
        "PART 2 Escape\n\n2 Ramps\n\n2.1 Width\nRamps shall be wide.\n\nThey shall be dry.\n\n"
        "3 Roofs\n\n3.1 Roofs shall be tight.\n",
        "code",
    )
    first, second, third = clauses
    assert first.headings[-2:] == ("2 Ramps", "2.1 Width")
    assert (first.id, first.place, first.row) == ("code/2.1", "line 6", 6)
    assert (second.number, second.under, second.id) == ("", "2.1", "code/#2")
    assert third.headings[-1] == "3 Roofs"


def test_a_numbered_title_with_nothing_below_it_is_kept_unless_it_is_short():
    clauses = segment_text(
        "4.1 Handrails on both sides of ramps\n4.2 Reserved\n4.3 Ramps shall be dry.\n"
    )
    assert [clause.number for clause in clauses] == ["4.1", "4.3"]


def test_numbers_that_come_twice_have_ids_of_their_own():
    clauses = segment_text("1.1 Doors shall be wide.\n\n1.1 Stairs shall be lit.\n", "code")
    assert [clause.id for clause in clauses] == ["code/1.1", "code/1.1#2"]


@given(st.text(alphabet=st.sampled_from("ab A1.(): -§•\n\t,;é"), max_size=200))
@example("1-")  # as a page number, but there is nothing else
def test_any_text_is_cut_into_lines_with_ids_of_their_own(text):
    clauses = segment_text(text)
    assert bool(clauses) == bool(text.strip())
    assert len({clause.id for clause in clauses}) == len(clauses)
    for clause in clauses:
        assert clause.text == " ".join(clause.text.split()) != ""


SENTENCES = st.lists(
    st.sampled_from(["Doors shall be wide.", "Every lamp must be lit.", "Roofs are to be tight."]),
    min_size=1,
    max_size=8,
)


@given(SENTENCES)
def test_numbered_sentences_come_out_as_they_went_in(sentences):
    numbered = [f"{n // 3 + 1}.{n % 3 + 1} {text}" for n, text in enumerate(sentences)]
    for separator in ("\n", "\n\n"):
        assert [clause.text for clause in segment_text(separator.join(numbered))] == numbered


@pytest.mark.parametrize("part", ["a", ".", " .", "1.", "a ", "(a)"])
def test_a_megabyte_in_one_line_takes_time_in_proportion_to_it(part):
    start = time.process_time()
    assert len(segment_text((part * 1_000_000)[:1_000_000])) == 1
    assert time.process_time() - start < 10


def test_halves_of_words_are_joined_one_after_another():
    text = "The inter-\nconnec-\ntion of drains shall be tight.\n"
    assert [clause.text for clause in segment_text(text)] == [
        "The interconnection of drains shall be tight."
    ]
