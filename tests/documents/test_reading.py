import docx
import pytest
from docx.oxml import parse_xml

from p4ir.documents import MAX_BYTES, read_document
from p4ir.errors import DocumentError
from tests.documents.files import BOLD, GAP, LARGE, edited, excel, pdf, saved, scan, word

PAGES = (
    [
        (LARGE, "2 Escape"),
        GAP,
        "2.1 A corridor through which people leave a building in a hurry",
        "shall be wide, and a fire-",
        "resisting door shall stand in each corri-",
        "dor of fire class. A corridor leads outside",
    ],
    [
        "the building. Its fire load is small.",
        "2.2 Doors shall:",
        "(a) open outwards;",
        "(b) be of glass.",
        GAP,
        (BOLD, "Lighting"),
        GAP,
        "Lamps shall be lit.",
    ],
)


def texts(document):
    return [(clause.number, clause.text) for clause in document.clauses]


def test_a_pdf_is_read_page_by_page_without_its_furniture():
    document = read_document(pdf(*PAGES), "code.pdf")
    assert texts(document) == [
        (
            "2.1",
            "2.1 A corridor through which people leave a building in a hurry shall be wide, and a "
            "fire-resisting door shall stand in each corridor of fire class. A corridor leads "
            "outside the building. Its fire load is small.",
        ),
        ("2.2", "2.2 Doors shall: (a) open outwards; (b) be of glass."),
        ("", "Lamps shall be lit."),
    ]
    assert [clause.page for clause in document.clauses] == [1, 2, 2]
    assert document.clauses[2].place == "page 2"
    assert document.clauses[2].headings == ("2 Escape", "Lighting")
    assert set(document.left_out) == {
        "The Invented Code of Practice", "Page 1 of 2", "Page 2 of 2", "2 Escape", "Lighting"
    }  # fmt: skip
    assert (document.kind, document.pages, document.notes) == ("pdf", 2, ())


def test_words_that_wrapped_with_a_hyphen_do_not_cut_a_clause_in_a_pdf():
    lines = [
        "2.1 Rails of dwellings and of other build-",
        "ings shall have a height of more than",
        "1100 mm where they stand on a bal-",
        "cony.",
        GAP,
        "They shall be smooth.",
        "2.2 Ramps shall be dry.",
        "They shall be lit.",
    ]
    document = read_document(pdf(lines), "code.pdf")
    assert texts(document)[:2] == [
        (
            "2.1",
            "2.1 Rails of dwellings and of other buildings shall have a height of more than "
            "1100 mm where they stand on a balcony.",
        ),
        ("", "They shall be smooth."),
    ]


def test_like_first_lines_of_pages_are_no_furniture():
    pages = [[f"{n}.1 Doors shall be {n}00 mm wide.", f"{n}.2 Stairs are lit."] for n in (1, 2, 3)]
    document = read_document(pdf(*pages, furniture=False), "code.pdf")
    assert [clause.number for clause in document.clauses] == "1.1 1.2 2.1 2.2 3.1 3.2".split()


def test_running_heads_of_chapters_are_furniture_by_their_page_numbers():
    heads = ["Chapter 1: Doors 7", "Chapter 2: Stairs 8", "Chapter 3: Roofs 9"]
    pages = [
        [head, GAP, GAP, f"{n}.1 Doors shall be wide.", f"They are lit {n} times."]
        for n, head in enumerate(heads, 1)
    ]
    document = read_document(pdf(*pages, furniture=False), "code.pdf")
    assert document.left_out == tuple(heads)
    assert [clause.number for clause in document.clauses if clause.number] == "1.1 2.1 3.1".split()


def test_a_sentence_that_recurs_word_for_word_is_furniture():
    said = "This copy must not be sold. Page"
    pages = [[f"{said} {n}", GAP, GAP, f"{n}.1 Item {n}a shall be lit."] for n in range(4, 8)]
    document = read_document(pdf(*pages), "code.pdf")
    assert [clause.number for clause in document.clauses] == ["4.1", "5.1", "6.1", "7.1"]
    assert f"{said} 4" in document.left_out


def test_a_scan_says_that_it_is_one():
    with pytest.raises(DocumentError, match=r"old\.pdf: is a scan: its pages are pictures"):
        read_document(scan(2), "old.pdf")


def test_pages_without_text_among_others_are_named():
    document = read_document(scan(2, ["1.1 Doors shall be wide."]), "half.pdf")
    assert texts(document) == [("1.1", "1.1 Doors shall be wide.")]
    assert document.notes == (
        "page 2, 3: pictures without text (scanned?), nothing was read there",
    )


def test_a_protected_pdf_asks_for_its_password():
    data = pdf(["1.1 Doors shall be wide."], password="open sesame")
    for wrong, said in ((None, "is protected by a password"), ("x", "its password is another")):
        with pytest.raises(DocumentError, match=said) as caught:
            read_document(data, "code.pdf", password=wrong)
        assert caught.value.needs_password
    assert len(read_document(data, "code.pdf", password="open sesame").clauses) == 1


def test_a_pdf_that_only_forbids_copying_is_read():
    data = pdf(["1.1 Doors shall be wide."], password="")
    assert texts(read_document(data, "code.pdf")) == [("1.1", "1.1 Doors shall be wide.")]


def test_the_numbers_that_word_shows_but_does_not_write_are_counted():
    heading = "Heading 1"
    document = read_document(
        word(
            ("The invented code", "Title", None),
            ("Means of escape", heading, 0),
            ("Every door shall:", None, 1),
            ("open outwards;", None, 2),
            ("have:", None, 2),
            ("a handle;", None, 3),
            ("a lock.", None, 3),
            ("Stairs shall be straight.", None, 1),
            "A ramp replaces a stair.",
            ("Lighting", heading, 0),
            ("Lamps shall be lit.", None, 1),
        ),
        "code.docx",
    )
    assert texts(document) == [
        ("1.1", "1.1 Every door shall: (a) open outwards; (b) have: (i) a handle; (ii) a lock."),
        ("1.2", "1.2 Stairs shall be straight."),
        ("", "A ramp replaces a stair."),
        ("2.1", "2.1 Lamps shall be lit."),
    ]
    assert document.clauses[3].headings == ("The invented code", "2 Lighting")
    assert document.clauses[3].place == "paragraph 11"
    assert "1 Means of escape" in document.left_out


def test_a_requirement_in_the_style_of_a_heading_is_a_clause():
    heading = "Heading 2"
    document = read_document(
        word(
            ("1.1 Doors of lofts shall open outwards", heading, None),
            ("1.2 Where doors are needed", heading, None),
            "Doors are needed in every loft.",
            ("Every lamp must be lit", heading, None),
        ),
        "code.docx",
    )
    assert texts(document) == [
        ("1.1", "1.1 Doors of lofts shall open outwards"),
        ("1.2", "Doors are needed in every loft."),
        ("", "Every lamp must be lit"),
    ]
    assert document.left_out == ("1.2 Where doors are needed",)


def test_items_that_word_counts_stay_with_their_lead_in():
    item = "List Number"
    document = read_document(
        word(
            "2.1 A ramp shall have:",
            ("Rails;", item, None),
            ("Kerbs.", item, None),
            "2.2 A ramp shall be",
            ("dry,", item, None),
            ("lit.", item, None),
        ),
        "code.docx",
    )
    assert texts(document) == [
        ("2.1", "2.1 A ramp shall have: 1. Rails; 2. Kerbs."),
        ("2.2", "2.2 A ramp shall be 3. dry, 4. lit."),  # Word counts on through both lists
    ]


def test_clauses_that_word_counts_below_a_numbered_heading_keep_it():
    heading, item = "Heading 1", "List Number"
    document = read_document(
        word(
            ("4 Doors", heading, None),
            ("Doors shall be wide.", item, None),
            ("Doors shall be lit.", item, None),
            ("5 Windows", heading, None),
            ("Windows shall be tight.", item, None),  # Word counts on
            ("5.1 Frames", "Heading 2", None),
            ("Frames shall be dry.", item, None),
            "6 Roofs shall be tight.",
        ),
        "code.docx",
    )
    assert [(clause.id, clause.headings) for clause in document.clauses] == [
        ("code/1", ("4 Doors",)),
        ("code/2", ("4 Doors",)),
        ("code/3", ("5 Windows",)),
        ("code/4", ("5 Windows", "5.1 Frames")),
        ("code/6", ()),
    ]


def test_a_clause_beside_a_numbered_heading_is_not_below_it():
    text = "0 Introduction\n\n1 Doors shall be wide.\n\n2 Reserved\n\n3 Roofs shall be tight.\n"
    document = read_document(text.encode(), "code.txt")
    assert [clause.headings for clause in document.clauses] == [(), ()]


def test_a_row_of_a_word_table_may_say_more_behind_its_clause():
    rows = [["4.1", "Every loft shall be aired.", "EN 1"], ["4.2", "Gutters drain.", ""]]
    document = read_document(word("Roofs are tight.", table=rows), "code.docx")
    assert texts(document)[1:] == [
        ("4.1", "4.1 Every loft shall be aired. EN 1"), ("4.2", "4.2 Gutters drain.")
    ]  # fmt: skip


def test_rows_of_data_in_a_word_table_are_no_clauses():
    rows = [["Persons", "Width"], ["50", "900 mm"], ["1.5", "2 m"]]
    document = read_document(word("1.1 Doors are wide.", table=rows), "code.docx")
    assert texts(document) == [("1.1", "1.1 Doors are wide.")]
    assert document.left_out == ("Persons | Width", "50 | 900 mm", "1.5 | 2 m")


def test_rows_of_a_word_table_are_clauses_where_they_are_a_number_and_a_text():
    rows = [["No.", "Requirement"], ["4.1", "Roofs shall be tight."], ["4.2", "Gutters drain."]]
    document = read_document(word("1.1 Doors are wide.", table=rows), "code.docx")
    assert texts(document)[1:] == [
        ("4.1", "4.1 Roofs shall be tight."), ("4.2", "4.2 Gutters drain.")
    ]  # fmt: skip
    assert document.notes == ("a row of a table is no clause and was left out",)


NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def element(text):
    return parse_xml(text.replace(">", f" {NAMES}>", 1))


def controlled(inner):
    return element(f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>")


def paragraph_with(*parts):
    """Make a document of one paragraph: texts, and XML of what else is in it."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for part in parts:
        if part.startswith("<"):
            paragraph._p.append(element(part))
        else:
            paragraph.add_run(part)
    return document


def test_what_stands_in_a_content_control_is_read_in_its_place():
    document = paragraph_with("1.1 Doors shall be wide.")
    document.add_paragraph("1.5 Roofs shall be dry.")
    rows = "".join(
        f"<w:tr><w:tc><w:p><w:r><w:t>{number}</w:t></w:r></w:p></w:tc>"
        f"<w:tc><w:sdt><w:sdtContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "</w:tc></w:tr>"
        for number, text in (("1.3", "Stairs shall be lit."), ("1.4", "Gates shall be high."))
    )
    document.element.body.insert(
        1, controlled("<w:p><w:r><w:t>1.2 Ramps are dry.</w:t></w:r></w:p>")
    )
    table = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
    table += f"<w:sdt><w:sdtContent>{rows}</w:sdtContent></w:sdt></w:tbl>"
    document.element.body.insert(2, controlled(table))
    assert texts(read_document(saved(document), "code.docx")) == [
        ("1.1", "1.1 Doors shall be wide."),
        ("1.2", "1.2 Ramps are dry."),
        ("1.3", "1.3 Stairs shall be lit."),
        ("1.4", "1.4 Gates shall be high."),
        ("1.5", "1.5 Roofs shall be dry."),
    ]


def test_a_table_in_a_cell_is_read_behind_its_row():
    document = docx.Document()
    table = document.add_table(3, 2)
    for row, cells in enumerate([("1.2", "Windows shall be high."), ("Use", "Width")]):
        for place, text in enumerate(cells):
            table.cell(row, place).text = text
    inner = table.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "1.2.1", "Sills shall be 900 mm high."
    wide = table.cell(2, 0).merge(table.cell(2, 1)).add_table(1, 2)
    wide.cell(0, 0).text, wide.cell(0, 1).text = "1.3", "Stairs shall be lit."
    found = read_document(saved(document), "code.docx")
    assert texts(found) == [
        ("1.2", "1.2 Windows shall be high."),
        ("1.2.1", "1.2.1 Sills shall be 900 mm high."),
        ("1.3", "1.3 Stairs shall be lit."),
    ]
    assert found.left_out == ("Use | Width",)


def test_text_boxes_are_left_out_and_said():
    box = "<w:txbxContent><w:p><w:r><w:t>900 mm is better.</w:t></w:r></w:p></w:txbxContent>"
    document = paragraph_with(
        "1.1 Doors shall be wide.",
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )
    found = read_document(saved(document), "code.docx")
    assert texts(found) == [("1.1", "1.1 Doors shall be wide.")]
    assert found.left_out == ("900 mm is better.",)
    assert found.notes == ("a text box was left out",)


def test_what_is_written_for_several_programs_is_read_once():
    document = paragraph_with(
        "1.1 Doors",
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice>"
        "<mc:Fallback><w:t> shall</w:t></mc:Fallback></mc:AlternateContent></w:r>",
        "<w:r><mc:AlternateContent><mc:Choice><w:t> be</w:t></mc:Choice>"
        "<mc:Fallback><w:t> be</w:t></mc:Fallback></mc:AlternateContent></w:r>",
        " wide.",
    )
    found = read_document(saved(document), "code.docx")
    assert texts(found) == [("1.1", "1.1 Doors shall be wide.")]


@pytest.mark.parametrize(
    ("font", "code", "read"),
    [
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "F0A3", "≤"),
        ("Symbol", "F0B1", "±"),
        ("Symbol", "F0B0", "°"),
        ("Symbol", "00B4", "×"),
        ("Symbol", "F0B8", "÷"),
        ("Symbol", "F0B9", "≠"),
        ("Symbol", "F0BB", "≈"),
        ("Symbol", "F06D", "μ"),
        ("Symbol", "F03E", ">"),
        ("Wingdings", "F0E0", "→"),
        ("Arial", "2265", "≥"),
        ("Symbol", "F0FF", "\N{REPLACEMENT CHARACTER}"),
        ("Webdings", "F0B3", "\N{REPLACEMENT CHARACTER}"),
        ("Arial", "", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_symbol_is_read_by_its_font_or_is_seen_to_be_lost(font, code, read):
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    found = read_document(saved(paragraph_with("1.1 Doors are ", symbol, " 1 m.")), "code.docx")
    assert texts(found) == [("1.1", f"1.1 Doors are {read} 1 m.")]
    is_lost = read == "\N{REPLACEMENT CHARACTER}"
    lost = (
        "holds symbols of a font that is not known; each was read as '\N{REPLACEMENT CHARACTER}'",
    )
    assert found.notes == (lost if is_lost else ())


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        ("{x ≥ 5}", "x ≥ 5"),
        ("<m:f><m:num>{1}</m:num><m:den>{12}</m:den></m:f>", "1/12"),
        ("<m:f><m:num>{a+b}</m:num><m:den>{2.5}</m:den></m:f>", "(a+b)/2.5"),
        ("{10 }<m:sSup><m:e>{m}</m:e><m:sup>{2}</m:sup></m:sSup>", "10 m²"),
        ("<m:sSup><m:e>{10}</m:e><m:sup>{-6}</m:sup></m:sSup>", "10^(-6)"),
        ("<m:rad><m:radPr/><m:deg/><m:e>{2A}</m:e></m:rad>", "√2A"),
        ("{2}<m:d><m:e>{a+b}</m:e></m:d>", "2(a+b)"),
        ("<m:eqArr><m:eqArrPr/><m:e>{a=1}</m:e><m:e>{b=2}</m:e></m:eqArr>", "a=1; b=2"),
        ("<m:m><m:mPr/><m:mr><m:e>{1}</m:e><m:e>{2}</m:e></m:mr></m:m>", "1, 2"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{i}</m:sub><m:sup>{n}</m:sup>'
            "<m:e>{h}</m:e></m:nary>",
            "∑_i^n h",
        ),
    ],
)
def test_an_equation_is_read_as_text_and_said(inner, read):
    inner = inner.replace("{", "<m:r><m:t>").replace("}", "</m:t></m:r>")
    document = paragraph_with("1.1 Doors shall keep to ", f"<m:oMath>{inner}</m:oMath>", ".")
    found = read_document(saved(document), "code.docx")
    assert texts(found) == [("1.1", f"1.1 Doors shall keep to {read}.")]
    assert found.notes == (
        "holds equations; they were read as plain text: compare them with the document",
    )


def test_tracked_changes_are_read_as_if_accepted():
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    paragraph = document.add_paragraph("1.1 Doors shall be ")
    for tag, inner, text in (("del", "delText", "narrow"), ("ins", "t", "wide")):
        run = f"<w:r><w:{inner}>{text}</w:{inner}></w:r>"
        change = f'<w:{tag} {nsdecls("w")} w:id="1" w:author="a">{run}</w:{tag}>'
        paragraph._p.append(parse_xml(change))
    paragraph.add_run(".")
    found = read_document(saved(document), "code.docx")
    assert texts(found) == [("1.1", "1.1 Doors shall be wide.")]
    assert found.notes == ("holds tracked changes; it was read as if all were accepted",)


def test_a_workbook_gives_a_clause_a_row():
    data = excel(
        Doors=[["No.", "Text"], [1.1, "Doors shall be wide."], [], [2, "Doors\nshall be lit."]],
        Notes=[["who", "when"], ["Ann", "today"]],
    )
    document = read_document(data, "code.xlsx")
    assert texts(document) == [("1.1", "Doors shall be wide."), ("2", "Doors shall be lit.")]
    assert [clause.place for clause in document.clauses] == [
        "sheet Doors, row 2", "sheet Doors, row 4"
    ]  # fmt: skip
    assert document.notes == ("the sheet 'Notes' has no column of clauses; left out",)


def test_formulas_are_read_as_their_saved_values_and_said():
    data = excel(Sheet=[["clause", "width"], ["Doors shall be wide.", "=2*450"], ['="a"', None]])
    document = read_document(data, "code.xlsx")
    assert texts(document) == [("", "Doors shall be wide.")]
    assert document.notes == (
        "2 cells hold formulas; read as the value saved with it, not computed anew",
        "row 3 left out: its formula has no saved value: open it in a spreadsheet and save it",
    )


def test_a_cell_without_a_value_is_left_out_for_its_own_reason():
    rows = [["No", "clause"], [1, "=Old!A1"], [2, "#REF!"], [3, None], [4, "Doors are wide."]]
    document = read_document(excel(Sheet=rows), "code.xlsx")
    assert texts(document) == [("4", "Doors are wide.")]
    assert document.notes[1:] == (
        "row 2 left out: its formula has no saved value: open it in a spreadsheet and save it",
        "row 3 left out: it holds the error #REF!",
        "row 4 left out: the clause is empty",
    )


@pytest.mark.parametrize("stale", [b'<dimension ref="A1" />', b'<dimension ref="A1:B2" />', b""])
def test_all_rows_of_a_sheet_are_read_whatever_size_it_says_that_it_has(stale):
    rows = [["no", "clause", "width"], *([n, f"Door {n} is wide.", "=2*4"] for n in range(1, 4))]
    data = excel(Sheet=rows)
    document = read_document(edited(data, sheet1=(rb"<dimension [^>]*>", stale)), "code.xlsx")
    assert texts(document) == [(str(n), f"Door {n} is wide.") for n in range(1, 4)]
    assert document.notes == read_document(data, "code.xlsx").notes
    assert document.notes[0].startswith("3 cells hold formulas")


def test_two_columns_of_one_name_are_refused_where_they_are_read():
    rows = [["clause", "clause"], ["Doors shall be wide.", "Doors shall be narrow."]]
    with pytest.raises(DocumentError, match="two columns of the sheet 'Doors' are called 'clause'"):
        read_document(excel(Doors=rows), "code.xlsx")
    rows = [["note", "clause", "note"], ["a", "Doors shall be wide.", "b"]]
    assert texts(read_document(excel(Doors=rows), "code.xlsx")) == [("", "Doors shall be wide.")]


def test_an_id_that_stands_twice_does_not_become_that_of_another_row():
    ids = ("x", "x", "x#2", "x")
    rows = [["id", "clause"], *([id, f"Door {n}."] for n, id in enumerate(ids))]
    document = read_document(excel(Sheet=rows), "code.xlsx")
    assert [clause.id for clause in document.clauses] == ["x", "x#3", "x#2", "x#4"]


def test_hidden_sheets_are_left_out_and_said():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Doors shall be wide."])
    hidden = book.create_sheet("Old")
    hidden.append(["Doors may be narrow."])
    hidden.sheet_state = "hidden"
    document = read_document(saved(book), "code.xlsx")
    assert texts(document) == [("", "Doors shall be wide.")]
    assert document.notes == ("the hidden sheet 'Old' was left out",)


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        (b"clause,number\nDoors shall be wide.,1.1\n", ["1.1"]),
        (b"Nr;Text\n1.1;Doors, and stairs.\n1.2;Roofs.\n", ["1.1", "1.2"]),
        (b'"Doors shall be wide, and lit."\n"Stairs are lit, too."\n', ["", ""]),
    ],
)
def test_a_csv_gives_a_clause_a_row(data, numbers):
    assert [clause.number for clause in read_document(data, "code.csv").clauses] == numbers


def test_the_column_of_clauses_can_be_named():
    data = b"Requirement,Remark\nDoors shall be wide.,old\n"
    with pytest.raises(DocumentError, match="the columns are 'Requirement', 'Remark'") as caught:
        read_document(data, "code.csv")
    assert caught.value.columns == ("Requirement", "Remark")
    document = read_document(data, "code.csv", columns={"clause": "Requirement"})
    assert texts(document) == [("", "Doors shall be wide.")]


TITLED = [["Register of 2024"], [], ["No.", "Wording", "See"], ["1.1", "Doors shall be wide.", "x"]]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (excel(Sheet=TITLED), "code.xlsx"),
        ("\n".join(";".join(row) for row in TITLED).encode(), "code.csv"),
        (b"Register, of 2024,,\nNo.,Wording,See\n1.1,Doors shall be wide.,x\n", "code.csv"),
    ],
)
def test_a_title_above_the_header_is_no_header(data, name):
    document = read_document(data, name, columns={"clause": "Wording"})
    assert texts(document) == [("1.1", "Doors shall be wide.")]


def test_a_table_below_a_title_without_a_column_of_clauses_is_refused_in_one_line():
    with pytest.raises(DocumentError) as caught:
        read_document(excel(Sheet=TITLED), "code.xlsx")
    assert caught.value.columns == ("No.", "Wording", "See")
    assert str(caught.value) == (
        "code.xlsx: no column with the clause (clause, text, content); the columns are 'No.', "
        "'Wording', 'See'; call one so, or say which it is (p4ir batch: --column NAME)"
    )


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("\ufeff1.1 Türen müssen breit sein.".encode(), None),
        ("1.1 Türen müssen breit sein.".encode("utf-16"), None),
        ("1.1 Türen müssen breit sein.".encode("cp1252"), "is no UTF-8; read as Windows-1252"),
    ],
)
def test_a_text_is_decoded(data, note):
    document = read_document(data, "code.txt")
    assert texts(document) == [("1.1", "1.1 Türen müssen breit sein.")]
    assert [each.split(":")[0] for each in document.notes] == ([note] if note else [])


def test_the_content_counts_and_a_wrong_ending_is_said():
    document = read_document(pdf(["1.1 Doors shall be wide."]), "code.docx")
    assert document.kind == "pdf"
    assert document.notes == ("is a PDF, though its name ends in '.docx'; read as one",)


def test_of_what_was_left_out_the_longest_is_said():
    titles = ["Doors", "Stairs and ramps", "Lofts", "Handles " * 13]
    text = "\n\n".join(f"{n} {title}\n\n{n}.1 It is lit." for n, title in enumerate(titles, 1))
    (remark,) = read_document(text.encode(), "code.txt").remarks()
    assert remark.startswith("4 paragraphs left out as headings and the like, the longest: '4 Hand")
    assert remark.endswith("[...]', '2 Stairs and ramps', '1 Doors'")
    assert read_document(b"1.1 Doors are wide.", "code.txt").remarks() == ()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.txt", "a.txt: is empty"),
        (b" \n", "a.pdf", "a.pdf: is empty"),
        (b"x" * (MAX_BYTES + 1), "a.txt", "more than 50 MB"),
        (b"<!DOCTYPE html>", "a.pdf", "is no PDF, though its name says so"),
        (b"hello", "a.docx", "is no Word document, though its name says so"),
        (b"<p>Doors</p>", "a.html", "documents end in .txt, .md"),
        (b"%PDF-1.7\nbroken", "a.pdf", "is a damaged PDF"),
        (pdf(["1.1 Doors."])[:400], "a.pdf", "is a damaged PDF"),
        (pdf([], furniture=False), "a.pdf", "holds no text"),
        (b"PK\x03\x04broken", "a.docx", "damaged Office file"),
        (word("Doors.")[:9000], "a.docx", "damaged Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "a.doc", "old Office format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "is protected by a password",
        ),
        (b"\0\1\2\3" * 300, "a.txt", "is a binary file"),
        (b"a,b\n1,2\n", "a.csv", "no column with the clause"),
        (b'a,"b\n', "a.csv", "line 1"),
        (b"clause\n", "a.csv", "holds no clause"),
        (excel(Sheet=[]), "a.xlsx", "holds no clause"),
        (word(), "a.docx", "holds no clause"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(data, name, said):
    with pytest.raises(DocumentError) as caught:
        read_document(data, name)
    assert said in str(caught.value)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("p4ir.documents.reading.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(DocumentError, match="unpacks to more than"):
        read_document(word("Doors."), "a.docx")


@pytest.mark.parametrize("make", [lambda: word("1.1 Doors."), lambda: excel(S=[["Doors."]])])
@pytest.mark.parametrize("step", range(8))
def test_a_damaged_office_file_is_refused_or_read_but_never_crashes(make, step):
    data = bytearray(make())
    start = len(data) * step // 8
    data[start : start + 40] = bytes(40)
    said = ""
    try:
        assert read_document(bytes(data), "a.docx").clauses
    except DocumentError as error:
        said = str(error)
    assert said.startswith("a.docx: ") or not said
    assert "\n" not in said


def test_a_path_is_read_and_a_missing_one_said(tmp_path):
    path = tmp_path / "code.txt"
    path.write_text("1.1 Doors shall be wide.")
    assert read_document(path).name == "code.txt"
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read_document(tmp_path / "nowhere.pdf")
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match="give the document's file name"):
        read_document(b"Doors.")
