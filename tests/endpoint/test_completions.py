import json

import pytest

from p4ir.endpoint.client import Endpoint
from p4ir.endpoint.completions import Completions, trim
from p4ir.endpoint.features import Features, find_features
from p4ir.endpoint.prompts import few_shot_messages, read_answer
from p4ir.endpoint.retry import Patience
from p4ir.errors import EndpointError
from p4ir.inference.generation import Completion
from tests.completions import spell_out
from tests.endpoint.stand_in import RULE, completion
from tests.evaluation.test_baselines import EXAMPLES

IMPATIENT = Patience(tries=2, base_s=0.01)


def completions(server, features=None, **options):
    endpoint = Endpoint(server.url, patience=IMPATIENT)
    return Completions(endpoint, features or Features(), "tuned", **options)


def test_a_prompt_is_completed_greedily_with_probabilities(stand_in):
    server = stand_in()
    found = completions(server, max_new_tokens=99).complete("A door.\n")
    assert server.bodies == [
        {"path": "/v1/completions", "model": "tuned", "prompt": "A door.\n", "logprobs": 1,
         "temperature": 0, "max_tokens": 99}
    ]  # fmt: skip
    assert (found.text, found.end) == (RULE, "finished")
    assert set(found.logprobs) == {-0.1}
    assert "".join(RULE[start:end] for start, end in found.spans) == RULE


def test_a_conversation_is_answered_with_probabilities(stand_in):
    server = stand_in(lambda body, n: completion(body, RULE, reason="length"))
    found = completions(server).chat([{"role": "user", "content": "A door."}])
    assert server.bodies[0]["path"] == "/v1/chat/completions"
    assert (found.text, found.end, len(found.logprobs)) == (RULE, "length", len(found.spans))


@pytest.mark.parametrize(
    "logprobs",
    [
        None,
        {},
        {"content": None},
        {"content": [{"token": "other", "logprob": -1}]},
        {"tokens": [RULE], "token_logprobs": [None]},
        {"tokens": [RULE, ""], "token_logprobs": [-1]},
        "none",
    ],
)
def test_probabilities_that_are_none_are_left_out(stand_in, logprobs):
    answer = {"choices": [{"text": RULE, "finish_reason": "stop", "logprobs": logprobs}]}
    assert completions(stand_in(lambda body, n: answer)).complete("?") == Completion(
        RULE, (), (), "finished"
    )


@pytest.mark.parametrize(
    "answer",
    [{}, {"choices": []}, {"choices": [{}]}, {"choices": [{"text": 5}]}, {"choices": ["a"]},
     {"choices": [{"message": None}]}, {"choices": [{"message": {"content": ["a"]}}]}],
)  # fmt: skip
def test_an_answer_without_text_is_no_answer(stand_in, answer):
    with pytest.raises(EndpointError, match="answers what was not asked for"):
        completions(stand_in(lambda body, n: answer)).complete("?")


def test_a_model_that_says_nothing_says_nothing(stand_in):
    answer = {"choices": [{"message": {"content": None, "refusal": "No."}}]}
    assert completions(stand_in(lambda body, n: answer)).chat([]).text == ""


def test_options_that_a_server_refuses_are_renamed_or_left_out_from_then_on(stand_in):
    def answer(body, n):
        for name, complaint in (
            ("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."),
            ("temperature", "Unsupported value: 'temperature' does not support 0."),
            ("logprobs", "You are not allowed to request logprobs."),
        ):
            if name in body:
                return (400, {}, json.dumps({"error": {"message": complaint}}).encode())
        return completion(body, RULE)

    server = stand_in(answer)
    asked = completions(server)
    assert asked.chat([]).text == RULE
    assert len(server.bodies) == 4
    assert asked.chat([]).text == RULE
    assert server.bodies[4] == {
        "path": "/v1/chat/completions", "model": "tuned", "messages": [],
        "max_completion_tokens": 512,
    }  # fmt: skip


def test_a_complaint_about_something_else_is_passed_on(stand_in):
    server = stand_in(lambda body, n: (400, {}, b'{"error": "the context is too long"}'))
    with pytest.raises(EndpointError, match="HTTP 400: the context is too long"):
        completions(server).complete("?")
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    ("owner", "version", "sent"),
    [
        ("vllm", "0.14.0", {"structured_outputs": {"grammar": "G"}}),
        ("vllm", "0.11.0rc1", {"structured_outputs": {"grammar": "G"}}),
        ("vllm", "0.9.1", {"guided_grammar": "G"}),
        ("vllm", None, {"structured_outputs": {"grammar": "G"}}),
        ("openai", None, {}),
    ],
)
def test_a_grammar_is_enforced_where_vllm_serves(stand_in, owner, version, sent):
    server = stand_in(owner=owner, version=version)
    features = find_features(Endpoint(server.url, patience=IMPATIENT))
    completions(server, features, grammar="G").complete("?")
    asked = {
        k: v for k, v in server.bodies[0].items() if k in ("structured_outputs", "guided_grammar")
    }
    assert asked == sent


def test_the_only_model_need_not_be_named():
    assert Features(("tuned",)).choose(None, "url") == "tuned"
    assert Features().choose("any", "url") == "any"
    for features, model, said in (
        (Features(("a", "b")), None, "name the model; there are a, b"),
        (Features(), None, "name the model; there are none listed"),
        (Features(("tuned-8b",)), "tuned-7b", "has no model 'tuned-7b'.*did you mean 'tuned-8b'"),
    ):
        with pytest.raises(EndpointError, match=said):
            features.choose(model, "url")


def test_a_server_that_lists_no_models_is_asked_all_the_same(stand_in):
    assert find_features(Endpoint(stand_in(models=None).url)) == Features()


@pytest.mark.parametrize(
    "text",
    [
        RULE,
        f"  {RULE}\n\nThis rule says that …",
        f"```lrml\n{RULE}\n```",
        f"Here it is:\n```\n{RULE}\n```\nAnything else?",
        f"Rule: {RULE}",
        f"```\nLRML: {RULE}",
    ],
)
def test_the_rule_of_an_answer_is_found(text):
    found = read_answer(spell_out(text))
    assert found.text == RULE
    assert found.spans == tuple((n, n + 1) for n in range(len(RULE)))


def test_a_rule_may_be_broken_over_lines():
    found = read_answer(spell_out("if(exist(door)),then(\n  has(door,handle)\n)\nThat is all."))
    assert found.text == "if(exist(door)),then(\n  has(door,handle)\n)"


def test_a_part_of_a_completion_keeps_the_tokens_that_touch_it():
    whole = Completion("ab cd", (-1.0, -2.0, -3.0), ((0, 2), (2, 4), (4, 5)), "finished")
    assert trim(whole, 3, 5) == Completion("cd", (-2.0, -3.0), ((0, 1), (1, 2)), "finished")


def test_examples_are_shown_with_the_nearest_last():
    system, *turns = few_shot_messages("A window\n shall open.", EXAMPLES[:2])
    assert system["role"] == "system"
    assert "compact LRML" in system["content"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user", "assistant", "user"]
    assert [turn["content"] for turn in turns] == [
        "A door shall be wide.",
        "if(exist(door)),then(is(door,wide))",
        "A stair shall have a handrail.",
        "if(exist(stair)),then(has(stair,rail))",
        "A window shall open.",
    ]
