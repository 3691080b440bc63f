import json
import shutil

import pytest

from p4ir.errors import ModelError, NotationError
from p4ir.inference import Interpretation, Interpreter
from p4ir.inference.interpretation import (
    choose_faithful,
    read_completion,
    refused,
    to_json_object,
    write_as,
)
from p4ir.inference.rows import BEAMS
from p4ir.models import adapters
from p4ir.rules import format_rule, parse_rule, repair_rule
from tests.completions import spell_out

TEXT = "if(exist(door)),then(obligation(greaterThanEqual(door.clearWidth,850 mm)))"
RULE = parse_rule(TEXT)


@pytest.fixture(scope="module")
def interpreter(tiny_adapter):
    return Interpreter(adapter=str(tiny_adapter), max_new_tokens=40, batch_size=2)


def test_a_rule_as_it_should_be_is_valid():
    found = read_completion("A door.", spell_out(TEXT), "lrml")
    assert (found.rule, found.valid, found.repaired, found.problem) == (RULE, True, False, "")
    assert found.confidence == pytest.approx(0.9)
    assert found.lint == ()


@pytest.mark.parametrize(
    ("text", "end", "problem"),
    [
        (TEXT[:-2], "finished", "closed 2 brackets"),
        ("Here it is: " + TEXT, "finished", "cut text before the rule"),
        (TEXT, "length", "the completion reached its length limit"),
        (TEXT, "loop", "cut what the model repeated"),
        (TEXT[:-1], "loop", "closed 1 bracket; cut what the model repeated"),
    ],
)
def test_what_had_to_be_mended_is_said_and_is_not_valid(text, end, problem):
    found = read_completion("A door.", spell_out(text, end), "lrml")
    assert (found.rule, found.valid, found.repaired, found.problem) == (RULE, False, True, problem)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", " but nothing at all"),
        ("no\nrule", " but 'no rule'"),
        ("if(exist(door))", " but 'if(exist(door))'"),
        ("word " * 100, f" but '{'word ' * 15}word…'"),
        ("if(" * 100_000, f" (the rule is nested more than 200 deep) but '{'if(' * 26}if…'"),
        ("\ufffd\0", " but '\ufffd\\x00'"),
    ],
    ids=lambda text: text[:20],
)
def test_a_completion_that_is_no_rule_gives_none_and_shows_how_it_begins(text, why):
    found = read_completion("A door.", spell_out(text), "lrml")
    assert (found.rule, found.valid, found.repaired) == (None, False, False)
    assert found.problem == f"the model wrote no rule{why}"
    assert found.completion == text


@pytest.mark.parametrize("notation", ["lrml", "outline"])
def test_the_doubtful_node_is_the_one_whose_label_was_doubtful(notation):
    text = format_rule(RULE, notation)
    spans = repair_rule(text, notation).spans
    for node in range(1, RULE.size):
        found = read_completion("A door.", spell_out(text, doubtful=spans[node]), notation)
        assert len(found.node_confidence) == RULE.size
        assert found.node_confidence[node] == pytest.approx(0.1)
        others = [c for i, c in enumerate(found.node_confidence) if i not in (0, node)]
        assert others == pytest.approx([0.9] * len(others))
        assert found.node_confidence[0] == 1


@pytest.mark.parametrize("notation", ["lrml", "outline"])
def test_labels_after_characters_of_many_bytes_keep_their_place(notation):
    rule = parse_rule("if(exist(tür.größe)),then(obligation(has(tür,drückergarnitur 🚪)))")
    text = format_rule(rule, notation)
    place = text.index("drücker")
    found = read_completion("", spell_out(text, doubtful=(place, place + 3)), notation)
    assert min(range(rule.size), key=found.node_confidence.__getitem__) == rule.size - 1


def test_what_is_not_told_of_probabilities_is_not_known(interpreter):
    silent = spell_out(TEXT)._replace(logprobs=(), spans=())
    found = read_completion("A door.", silent, "lrml")
    assert (found.rule, found.confidence, found.node_confidence) == (parse_rule(TEXT), None, ())
    assert to_json_object(found, "1", interpreter)["confidence"] is None
    assert refused("", "the clause is empty").confidence is None


def test_what_is_said_twice_is_left_out_with_its_confidences():
    text = "if(and(exist(door),exist(door))),then(may(open))"
    found = read_completion("A door.", spell_out(text), "lrml")
    assert format_rule(found.rule) == "if(exist(door)),then(may(open))"
    assert len(found.node_confidence) == found.rule.size
    assert found.completion == text


def test_what_looks_wrong_is_listed():
    text = "if(exists(door)),then(obligation(greaterThanEqual(door.width,3 furlongs)))"
    found = read_completion("", spell_out(text), "lrml")
    assert [warning.code for warning in found.lint] == ["unknown-functor", "unknown-unit"]
    assert found.valid


def test_clauses_come_back_in_order_and_bad_ones_stop_nothing(interpreter, model_writes):
    model_writes(lambda clause: TEXT.replace("door", clause))
    counted = []
    clauses = ["ramp", "", "stair", " \n", "x" * 20_001, "a\0b", "\udcff", "lift"]
    found = interpreter.interpret(clauses, on_batch=counted.append)
    assert [each.rule and each.rule.labels[3] for each in found] == [
        "ramp", None, "stair", None, None, None, None, "lift"
    ]  # fmt: skip
    assert [each.problem for each in found if not each.rule] == [
        "the clause is empty",
        "the clause is empty",
        "the clause has 20001 characters, at most 20000 are taken: split the text into clauses",
        "the clause is no plain text in UTF-8",
        "the clause is no plain text in UTF-8",
    ]
    assert [each.clause for each in found] == [*clauses[:6], "\ufffd", "lift"]
    assert sum(counted) == len(clauses)


@pytest.mark.parametrize(
    "clause", ["باب المخرج", "🚪🔥", "Ⅷ. ﬁre", "a\u202eb", "\u200b\u200b.", "x"]
)
def test_any_other_text_is_a_clause(interpreter, clause):
    (found,) = interpreter.interpret(clause)
    assert found.clause == clause
    assert found.completion


def test_a_clause_too_long_for_the_model_is_refused(interpreter):
    window = interpreter._model.config.max_position_embeddings
    (found,) = interpreter.interpret("🚪" * (window // 4))
    assert found.problem.startswith(f"the clause has {window + 1} tokens, the model takes at most")
    (found,) = interpreter.interpret("d" * (window - 41))
    assert found.completion


@pytest.mark.parametrize(("item", "kind"), [(None, "NoneType"), (b"abc", "bytes"), (5, "int")])
def test_what_is_no_string_is_named_by_its_place(interpreter, item, kind):
    clauses = ["A door.", "A gate.", item]
    with pytest.raises(TypeError, match=rf"^clause 3 is of type {kind}, expected str$"):
        interpreter.interpret(clauses)
    with pytest.raises(TypeError, match="clause 3 is"):
        next(interpreter.stream(clauses, chunk=1))


def test_one_clause_may_be_streamed_as_a_plain_string(interpreter):
    assert [each.clause for each in interpreter.stream("A door.")] == ["A door."]


def test_no_clauses_give_nothing(interpreter):
    assert interpreter.interpret([]) == []
    assert list(interpreter.stream([])) == []


def test_a_stream_gives_what_a_list_does(interpreter, model_writes):
    model_writes(lambda clause: TEXT.replace("door", clause))
    clauses = ["ramp", "stair", "", "lift", "roof"]
    rules = [each.rule for each in interpreter.interpret(clauses)]
    assert [each.rule for each in interpreter.stream(clauses)] == rules
    assert [each.rule for each in interpreter.stream(clauses, chunk=3)] == rules


def test_the_adapter_says_in_which_notation_it_writes(tiny_adapter, tmp_path, model_writes):
    folder = tmp_path / "other"
    shutil.copytree(tiny_adapter, folder)
    said = json.loads((folder / "p4ir.json").read_text())
    said |= {"notation": "outline", "clause_number": "drop"}
    (folder / "p4ir.json").write_text(json.dumps(said))
    interpreter = Interpreter(adapter=str(folder))
    heard = []
    model_writes(lambda clause: heard.append(clause) or format_rule(RULE, "outline"))
    (found,) = interpreter.interpret("3.2.1 A door shall be wide.")
    assert (found.rule, found.valid) == (RULE, True)
    assert heard == ["A door shall be wide."]


@pytest.fixture(scope="module")
def whole_model(tmp_path_factory):
    """What a run without LoRA leaves."""
    from p4ir.models import load_base

    folder = tmp_path_factory.mktemp("whole") / "adapter"
    for part in load_base("tiny-random"):
        part.save_pretrained(folder)
    said = {"base": "tiny-random", "notation": "lrml", "clause_number": "drop"}
    (folder / "p4ir.json").write_text(json.dumps(said))
    return folder


@pytest.mark.parametrize("argument", ["model", "adapter"])
def test_a_model_trained_whole_is_used_as_model_or_adapter(whole_model, argument, model_writes):
    interpreter = Interpreter(**{argument: str(whole_model)})
    assert (interpreter.model, interpreter.info) == (str(whole_model), None)
    assert (interpreter.notation, interpreter.clause_number) == ("lrml", "drop")
    model_writes(lambda clause: TEXT)
    (found,) = interpreter.interpret("A door.")
    assert to_json_object(found, "1", interpreter)["adapter"] is None


def test_a_damaged_description_is_named(whole_model, tmp_path):
    folder = tmp_path / "damaged"
    shutil.copytree(whole_model, folder)
    (folder / "p4ir.json").write_text("{")
    with pytest.raises(ModelError, match=r"p4ir\.json: cannot be read"):
        Interpreter(model=str(folder))


def test_the_shipped_adapter_is_used_for_its_own_base_only(tiny_adapter, tmp_path, monkeypatch):
    monkeypatch.setattr(adapters, "FOLDERS", (tmp_path,))
    shutil.copytree(tiny_adapter, tmp_path / "good-grpo")
    assert Interpreter().info.name == "good-grpo"
    assert Interpreter("tiny-random").info.name == "good-grpo"
    for nothing in (None, "none"):
        assert Interpreter("tiny-random", nothing).info is None
    said = json.loads((tmp_path / "good-grpo/p4ir.json").read_text()) | {"base": "some/other"}
    (tmp_path / "good-grpo/p4ir.json").write_text(json.dumps(said))
    assert Interpreter("tiny-random").info is None


def test_a_missing_adapter_is_named():
    with pytest.raises(ModelError, match="no adapter 'nowhere'"):
        Interpreter(adapter="nowhere")


def test_a_json_object_holds_what_others_need(interpreter):
    found = read_completion("A door.", spell_out(TEXT), "lrml")
    assert to_json_object(found, "007", interpreter) == {
        "id": "007",
        "clause": "A door.",
        "rule": TEXT,
        "valid": True,
        "repaired": False,
        "confidence": 0.9,
        "lint": [],
        "ungrounded": [node.label for node in found.ungrounded],
        "mismatches": list(found.mismatches),
        "problem": "",
        "model": "tiny-random",
        "adapter": "tiny",
        "notation": "lrml",
        "constrained": True,
        "beams": BEAMS,
        "consensus": 1,
    }


def test_a_rule_that_a_notation_cannot_hold_is_a_result_without_one(monkeypatch):
    def refuse(rule, notation):
        raise NotationError("not in this notation")

    monkeypatch.setattr("p4ir.inference.interpretation.format_rule", refuse)
    found, text = write_as(Interpretation(clause="A door.", rule=RULE, valid=True), "ids")
    assert (found.rule, found.valid, found.problem) == (None, False, "not in this notation")
    assert text == ""


@pytest.mark.parametrize(
    ("found", "taken"),
    [
        (["850 mm", "900 mm"], "900 mm"),
        (["850 mm", "0.9 m", "900 mm"], "0.9 m"),
        (["850 mm", "800 mm"], "850 mm"),
        (["900 mm", "900 mm or more", "0.9 m"], "900 mm"),
    ],
)
def test_of_what_a_beam_found_the_likeliest_with_the_clause_s_amounts_is_taken(
    interpreter, monkeypatch, found, taken
):
    completions = [spell_out(TEXT.replace("850 mm", amount)) for amount in found]
    stopped = spell_out(TEXT.replace("850 mm", "900 mm"), "length")
    monkeypatch.setattr(interpreter, "notation", "lrml")
    monkeypatch.setattr(
        "p4ir.inference.interpreter.search", lambda *_, **__: [(0, [*completions, stopped])]
    )
    [result] = interpreter.interpret(["A door shall be at least 900 mm wide."])
    assert format_rule(result.rule) == TEXT.replace("850 mm", taken)
    assert ("passed over" in result.problem) is (taken != found[0])
    assert result.valid


def test_what_had_to_be_mended_is_still_said_of_a_rule_that_is_taken_before_a_likelier_one():
    texts = [TEXT, TEXT.replace("850", "900")[:-1]]
    clause = "A door shall be at least 900 mm wide."
    found = choose_faithful(read_completion(clause, spell_out(text), "lrml") for text in texts)
    assert found.problem.startswith("closed 1 bracket; a likelier rule was passed over")


def test_a_rule_with_doubts_is_better_than_none():
    clause = "A door shall be at least 900 mm wide."
    texts = ["no rule", TEXT, TEXT.replace("850", "800")]
    found = choose_faithful(read_completion(clause, spell_out(text), "lrml") for text in texts)
    assert found.rule == RULE
    assert choose_faithful(iter([read_completion(clause, spell_out(""), "lrml")])).rule is None
