import re
from html.parser import HTMLParser

from hypothesis import given, settings

from p4ir.review.linked_html import linked_html
from p4ir.rules import parse_rule
from p4ir.rules.lint import lint
from tests.rules.strategies import rules

RULE = parse_rule(
    "if(and(exist(door),has(door,lock))),then(obligation(lessThan(door.width,900 mm)))"
)
CLAUSE = "A door with a lock shall be narrower than 0.85 m."
HOSTILE = "<script>alert(1)</script> \"doors\" & <img src=x onerror='x'>"


class Reader(HTMLParser):
    """Collects the elements with their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.open = [], "", []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def with_class(self, name):
        return [a for _, a in self.elements if name in (a.get("class") or "").split()]


def test_every_node_but_the_root_stands_in_the_tree_with_the_end_of_what_is_below_it():
    _, html = linked_html(CLAUSE, RULE)
    nodes = Reader(html).with_class("node")
    assert [int(node["data-node"]) for node in nodes] == list(range(1, RULE.size))
    ends = [int(node["data-end"]) for node in nodes]
    assert ends == [node.end for node in RULE.nodes()][1:]


def test_words_name_nodes_that_are_there():
    clause, html = linked_html(CLAUSE, RULE)
    there = {node["data-node"] for node in Reader(html).with_class("node")} | {"0"}
    words = Reader(clause).with_class("word")
    assert any("data-nodes" in word for word in words)
    assert all(set(word.get("data-nodes", "0").split()) <= there for word in words)


def test_a_number_that_either_side_made_up_is_loud():
    clause, html = linked_html(CLAUSE, RULE)
    assert [node["data-says"].split(":")[0] for node in Reader(html).with_class("invented")] == [
        "900 mm"
    ]
    assert len(Reader(clause).with_class("unused")) == 1


def test_doubtful_and_odd_nodes_are_marked_and_say_why():
    odd = parse_rule("if(exists(door)),then(obligation(has(door,lock)))")
    sure = [0.9] * odd.size
    sure[3] = 0.2
    _, html = linked_html(CLAUSE, odd, sure, lint(odd))
    assert "confidence 0.20" in Reader(html).with_class("doubtful")[0]["data-says"]
    assert "not known" in Reader(html).with_class("warned")[0]["data-says"]


def test_html_in_a_clause_is_text():
    clause, _ = linked_html(HOSTILE, RULE)
    read = Reader(clause)
    assert read.text == HOSTILE
    assert {tag for tag, _ in read.elements} <= {"span"}


def test_html_in_a_rule_is_text():
    rule = parse_rule("if(exist(<b onclick=x>)),then(obligation(is(a,'\"><script>x</script>')))")
    _, html = linked_html(CLAUSE, rule)
    read = Reader(html)
    assert "<script>x</script>" in read.text
    assert {tag for tag, _ in read.elements} <= {"ul", "li", "div", "span", "button"}


def test_a_clause_without_a_rule_is_only_escaped():
    assert linked_html("a < b", None) == ("a &lt; b", "")


@settings(max_examples=30, deadline=None)
@given(rules())
def test_any_rule_gives_balanced_html_with_all_its_labels(rule):
    _, html = linked_html(CLAUSE, rule)
    read = Reader(html)
    assert len(read.with_class("node")) == rule.size - 1
    flat = re.sub(r"\s+", "", read.text)
    assert all(re.sub(r"\s+", "", label) in flat for label in rule.labels[1:])
