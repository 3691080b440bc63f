"""`p4ir batch`: a job goes on with what it was begun with, or not at all."""

import json
import shutil

import pytest

from p4ir.cli import main
from tests.endpoint.conftest import no_keys, stand_in  # noqa: F401
from tests.endpoint.stand_in import completion

RULE = "if(exist(door)),then(obligation(has(door,handle)))"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,clause\n1,A door.\n2,A gate.\n3,A stair.\n")
    return path


def cut_to_part(output):
    """Make of an output what a job that was killed behind its first row leaves."""
    part = output.with_name(output.name + ".part")
    part.write_text(output.read_text().splitlines(keepends=True)[0])
    output.unlink()
    return part


def test_a_job_does_not_go_on_with_another_adapter_of_the_same_name(
    source, tmp_path, tiny_adapter, model_writes, capsys
):
    model_writes(lambda clause: RULE)
    output, other = tmp_path / "out.jsonl", tmp_path / tiny_adapter.parent.name / tiny_adapter.name
    shutil.copytree(tiny_adapter, other)
    config = json.loads((other / "adapter_config.json").read_text())
    (other / "adapter_config.json").write_text(json.dumps({**config, "lora_alpha": 3}))
    command = ["batch", str(source), str(output), "--adapter"]
    assert main([*command, str(tiny_adapter)]) == 0
    part = cut_to_part(output)
    assert main([*command, str(other)]) == 2
    said = f"{part} was made with another adapter of that name: remove it or give --overwrite"
    assert said in capsys.readouterr().err
    assert main([*command, str(tiny_adapter)]) == 0
    assert len(output.read_text().splitlines()) == 3


def test_a_job_does_not_go_on_with_other_examples(
    source, tmp_path, stand_in, capsys  # noqa: F811
):  # fmt: skip
    server = stand_in(lambda body, n: completion(body, RULE), models=("frontier",))
    output, examples = tmp_path / "out.jsonl", tmp_path / "examples.jsonl"
    examples.write_text(json.dumps({"id": "1", "clause": "A wall.", "rule": RULE}) + "\n")
    command = ["batch", str(source), str(output), "--engine", "openai", "--model", "frontier"]
    command += ["--endpoint", server.url, "--examples", str(examples)]
    assert main(command) == 0
    part = cut_to_part(output)
    before = examples.read_text()
    examples.write_text(before.replace("wall", "roof"))
    assert main(command) == 2
    assert f"{part} was made with another set of examples" in capsys.readouterr().err
    examples.write_text(before)
    assert main(command) == 0
    assert len(output.read_text().splitlines()) == 3


def test_a_baseline_does_not_go_on_with_other_examples(
    source, tmp_path, stand_in, capsys  # noqa: F811
):  # fmt: skip
    server = stand_in(lambda body, n: completion(body, RULE), models=("frontier",))
    output, examples = tmp_path / "out.jsonl", tmp_path / "examples.jsonl"
    examples.write_text(json.dumps({"id": "1", "clause": "A wall.", "rule": RULE}) + "\n")
    clauses = tmp_path / "clauses.jsonl"
    rows = [{"id": str(n), "clause": f"Door {n}.", "rule": RULE} for n in range(3)]
    clauses.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["baseline", str(clauses), str(output), "--model", "frontier"]
    command += ["--endpoint", server.url, "--examples", str(examples)]
    assert main(command) == 0
    part = cut_to_part(output)
    examples.write_text(examples.read_text().replace("wall", "roof"))
    assert main(command) == 2
    assert f"{part} was made with another set of examples" in capsys.readouterr().err
