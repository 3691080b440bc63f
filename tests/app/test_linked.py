"""How a clause and its rule look side by side, in a real browser."""

import pytest

from p4ir.review.linked_html import linked_html
from p4ir.rules import parse_rule
from tests.app.browser import ROOT, browsing

CLAUSE = "Ramp, goods traffic: gradient not over 1:10; clear width not under 1.5 m."
RULE = parse_rule("if(exist(door)),then(obligation(has(door,850 mm)))")


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


def test_a_number_that_the_rule_does_not_have_stands_on_one_line_with_its_sign(browser):
    style = (ROOT / "app/parts/linked.css").read_text(encoding="utf-8")
    clause, _ = linked_html(CLAUSE, RULE)
    page = browser.new_page()
    page.set_content(f'<style>{style}</style><p class="clause">{clause}</p>')
    for width in range(80, 600, 5):
        lines = page.evaluate(
            """width => {
                document.querySelector(".clause").style.width = `${width}px`;
                return [...document.querySelectorAll(".unused")].map(
                    each => each.getClientRects().length);
            }""",
            width,
        )
        assert lines == [1, 1], width
    page.close()
