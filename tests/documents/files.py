"""Makes the documents that the tests read: real PDF, Word and Excel files."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

BODY, BOLD = ("Helvetica", 10), ("Helvetica-Bold", 10)
LARGE = ("Helvetica-Bold", 16)
GAP = "gap"
NUMBERING = [
    ("decimal", "%1"),
    ("decimal", "%1.%2"),
    ("lowerLetter", "(%3)"),
    ("lowerRoman", "(%4)"),
]


def pdf(*pages, furniture=True, password=None):
    """Make a PDF; a page is a list of lines: text, (font, text), or GAP."""
    file = io.BytesIO()
    protection = None if password is None else StandardEncryption(password, ownerPassword="owner")
    canvas = Canvas(file, pagesize=A4, encrypt=protection)
    for number, lines in enumerate(pages, 1):
        if furniture:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(70, 810, "The Invented Code of Practice")
            canvas.drawString(290, 30, f"Page {number} of {len(pages)}")
        height = 770
        for line in lines:
            if line == GAP:
                height -= 9
                continue
            font, text = (BODY, line) if isinstance(line, str) else line
            canvas.setFont(*font)
            canvas.drawString(70, height, text)
            height -= font[1] * 1.3
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scan(pages=1, text=()):
    """Make a PDF of pictures; `text` are the lines of a page of text before them."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for line in text:
        canvas.drawString(70, 700, line)
    if text:
        canvas.showPage()
    for _ in range(pages):
        canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), "white")), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def word(*paragraphs, table=()):
    """Make a Word document; a paragraph is text, or (text, style, level of its number)."""
    document = docx.Document()
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(NUMBERING)
    )
    names = nsdecls("w")
    scheme = f'<w:abstractNum {names} w:abstractNumId="70">{levels}</w:abstractNum>'
    root.insert(0, parse_xml(scheme))
    root.append(parse_xml(f'<w:num {names} w:numId="71"><w:abstractNumId w:val="70"/></w:num>'))
    for each in paragraphs:
        text, style, level = (each, None, None) if isinstance(each, str) else each
        paragraph = document.add_paragraph(text, style=style)
        if level is not None:
            number = f'<w:numPr {names}><w:ilvl w:val="{level}"/><w:numId w:val="71"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(number))
    if table:
        drawn = document.add_table(len(table), len(table[0]))
        for row, texts in zip(drawn.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    return saved(document)


def excel(**sheets):
    """Make a workbook; a sheet is a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def edited(data, **changes):
    """Change parts of an Office file: the stem of a part → (pattern, what replaces it)."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            change = changes.get(PurePath(name).stem)
            new.writestr(name, re.sub(*change, old.read(name)) if change else old.read(name))
    return file.getvalue()


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
