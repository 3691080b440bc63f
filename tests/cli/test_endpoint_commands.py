"""`p4ir batch --engine openai` and `p4ir baseline`, against a stand-in for an endpoint."""

import json

import pytest

from p4ir.cli import main
from tests.endpoint.conftest import no_keys, stand_in  # noqa: F401
from tests.endpoint.stand_in import clause_of, completion

RULE = "if(exist(door)),then(obligation(has(door,handle)))"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    rows = [
        ("stair", "A stair shall have a handrail.", RULE.replace("door", "stair"), "train"),
        ("door", "A door shall have a handle.", RULE, "train"),
        ("gutter", "A gutter shall fall to its outlet.", RULE.replace("door", "gutter"), "train"),
        ("test-1", "A fire door shall have a handle.", RULE, "test"),
        ("test-2", "An open stair shall have a handrail.", RULE, "test"),
    ]
    names = ("id", "clause", "rule", "split")
    path.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows))
    return path


def results(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_baseline_shows_the_nearest_examples_and_can_be_compared(
    corpus, tmp_path, stand_in, capsys  # noqa: F811
):  # fmt: skip
    server = stand_in(lambda body, n: completion(body, f"```\n{RULE}\n```"), models=("frontier",))
    output = tmp_path / "frontier.jsonl"
    command = ["baseline", str(corpus), str(output), "--endpoint", server.url, "--shots", "1"]
    assert main([*command, "--split", "test", "--model", "frontier"]) == 0
    assert f"2 rows to {output}, 0 without a rule, 0 mended" in capsys.readouterr().err
    shown = {
        clause_of(body): [m["content"] for m in body["messages"] if m["role"] == "assistant"]
        for body in server.bodies
    }
    assert shown == {
        "A fire door shall have a handle.": [RULE],
        "An open stair shall have a handrail.": [RULE.replace("door", "stair")],
    }
    assert [row["id"] for row in results(output)] == ["test-1", "test-2"]
    assert {row["model"] for row in results(output)} == {"frontier, 1 shots"}
    compare = ["compare", "nearest", str(output), "--reference", str(corpus), "--split", "test"]
    assert main(compare) == 0
    assert "frontier" in capsys.readouterr().out


def test_a_baseline_takes_no_examples_from_what_it_is_scored_on(corpus, tmp_path, capsys):
    command = ["baseline", str(corpus), str(tmp_path / "o.jsonl"), "--endpoint", "http://x"]
    assert main(command) == 2
    assert "give --split" in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_a_baseline_does_not_replace_what_it_reads(corpus, tmp_path, capsys, more):
    examples, before = tmp_path / "examples.jsonl", corpus.read_text()
    examples.write_text(before)
    for output in (corpus, examples):
        command = ["baseline", str(corpus), str(output), "--endpoint", "http://x"]
        assert main([*command, "--examples", str(examples), *more]) == 2
        assert f"{output}: is the input" in capsys.readouterr().err
    folder = tmp_path / "folder"
    folder.mkdir()
    corpus.rename(folder / "test.jsonl")
    command = ["baseline", str(folder), str(folder / "test.jsonl"), "--endpoint", "http://x"]
    assert main([*command, "--examples", str(examples), *more]) == 2
    assert "lies in the input" in capsys.readouterr().err
    assert examples.read_text() == (folder / "test.jsonl").read_text() == before


def test_a_batch_does_not_replace_its_examples(corpus, tmp_path, capsys):
    (tmp_path / "in.txt").write_text("A door.")
    command = ["batch", str(tmp_path / "in.txt"), str(corpus), "--examples", str(corpus)]
    assert main([*command, "--engine", "openai", "--endpoint", "http://x", "--overwrite"]) == 2
    assert "is the input" in capsys.readouterr().err


def test_columns_of_examples_are_to_be_renamed(corpus, tmp_path, capsys):
    (tmp_path / "examples.csv").write_text("id,clause,norm\n1,A door.,x\n")
    command = ["baseline", str(corpus), str(tmp_path / "o.jsonl"), "--endpoint", "http://x"]
    assert main([*command, "--examples", str(tmp_path / "examples.csv")]) == 2
    err = capsys.readouterr().err
    assert "rename that column" in err
    assert "columns={" not in err


def test_a_model_to_choose_is_named_by_its_option(corpus, tmp_path, stand_in, capsys):  # noqa: F811
    server = stand_in(models=("small", "large"))
    command = ["baseline", str(corpus), str(tmp_path / "o.jsonl"), "--endpoint", server.url]
    assert main([*command, "--split", "test"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("p4ir: --model NAME: ")
    assert "name the model; there are small, large" in err


def test_a_clause_is_not_its_own_example(corpus, tmp_path, stand_in):  # noqa: F811
    server = stand_in(lambda body, n: completion(body, RULE))
    output = tmp_path / "o.jsonl"
    examples = ["--examples", str(corpus), "--shots", "4"]
    assert main(["baseline", str(corpus), str(output), "--endpoint", server.url, *examples]) == 0
    for body in server.bodies:
        clauses = [m["content"] for m in body["messages"] if m["role"] == "user"]
        assert len(clauses) == len(set(clauses)) == 5


def test_a_tuned_model_is_asked_with_the_prompt_of_its_adapter(
    tmp_path, stand_in, tiny_adapter, capsys  # noqa: F811
):  # fmt: skip
    server = stand_in(owner="vllm", version="0.14.0")
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("A door shall\nhave a handle.\n\nA gate shall have a handle.\n")
    command = ["batch", str(source), str(output), "--engine", "openai", "--endpoint", server.url]
    assert main([*command, "--adapter", str(tiny_adapter)]) == 0
    assert {body["prompt"] for body in server.bodies} == {
        "A door shall have a handle.\n", "A gate shall have a handle.\n",
    }  # fmt: skip
    first, _ = results(output)
    assert (first["rule"], first["model"], first["adapter"]) == (RULE, "tuned", "tiny")
    assert first["confidence"] > 0.9
    assert f"tuned at {server.url}/v1; drafts" in capsys.readouterr().err


def test_an_endpoint_without_probabilities_leaves_the_confidence_unknown_and_no_doubt(
    corpus, tmp_path, stand_in, capsys  # noqa: F811
):  # fmt: skip
    def answer(body, n):
        message = {"role": "assistant", "content": RULE}
        return {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}

    output, store = tmp_path / "o.jsonl", str(tmp_path / "r.db")
    endpoint = ["--endpoint", stand_in(answer).url, "--split", "test"]
    assert main(["baseline", str(corpus), str(output), *endpoint]) == 0
    assert [row["confidence"] for row in results(output)] == [None, None]

    def review(*arguments):
        assert main(["review", *arguments, "--store", store]) == 0
        return "".join(capsys.readouterr())

    review("import", str(output))
    assert json.loads(review("show", "test-1", "--json"))["confidence"] is None
    for verb in ("show", "approve"):
        assert "confidence" not in review(verb, "test-1")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "--endpoint: give the URL"),
        (["--endpoint", "127.0.0.1:8000"], "--endpoint: http:// is missing; give a URL such as"),
        (["--endpoint", "ftp://localhost"], "the URL of the endpoint is none"),
        (["--endpoint", "{url}", "--model", "other"], "has no model 'other'; there are tuned"),
        (["--endpoint", "{url}", "--concurrency", "0"], "at least 1"),
        (["--endpoint", "{url}", "--timeout", "-1"], "expected a number of seconds"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_status_2(
    tmp_path, stand_in, capsys, more, said  # noqa: F811
):  # fmt: skip
    source = tmp_path / "in.txt"
    source.write_text("A door.")
    more = [each.format(url=stand_in().url) for each in more]
    command = ["batch", str(source), str(tmp_path / "out.jsonl"), "--engine", "openai", *more]
    try:
        status = main(command)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
