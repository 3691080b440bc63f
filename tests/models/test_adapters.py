import json
from pathlib import Path

import pytest

from p4ir.errors import ModelError
from p4ir.models import adapters, default_adapter, find_adapter, list_adapters


def write_adapter(folder, info=None, base="tiny"):
    """Write an adapter's folder without weights that would load."""
    folder.mkdir(parents=True)
    config = {"base_model_name_or_path": base, "r": 8}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "adapter_model.safetensors").write_bytes(b"0" * 10)
    if info is not None:
        (folder / "p4ir.json").write_text(json.dumps(info))
    return folder


@pytest.fixture
def shipped(tmp_path):
    """Write shipped adapters with the names given."""

    def write(*names, place="checkout"):
        for name in names:
            write_adapter(tmp_path / place / name, {"notation": "outline"})

    return write


def test_an_adapter_says_what_it_is(tmp_path):
    info = {
        "base": "smollm2-135m",
        "notation": "outline",
        "prompt": "plain",
        "licence": "Apache-2.0",
        "seed": 1,
    }
    folder = write_adapter(tmp_path / "mine", info, base="/elsewhere/model")
    found = find_adapter(folder)
    assert found.name == "mine"
    assert found.folder == folder
    assert found.base == "smollm2-135m"
    assert (found.notation, found.prompt, found.licence) == ("outline", "plain", "Apache-2.0")
    assert found.rank == 8
    assert found.details == {"seed": 1}
    assert found.size_bytes == 10


def test_what_runs_wrote_is_called_as_they_are(tmp_path, monkeypatch):
    mine = write_adapter(tmp_path / "runs" / "mine" / "adapter")
    trial = write_adapter(tmp_path / "methods" / "gspo-0" / "run" / "adapter")
    assert [find_adapter(folder).name for folder in (mine, trial)] == ["mine", "gspo-0"]
    monkeypatch.chdir(mine)
    assert find_adapter(".").name == "mine"


def test_an_adapter_below_no_folder_with_a_name_of_its_own_is_called_as_it_is():
    assert adapters.name_of(Path("/adapter")) == "adapter"


def test_a_plain_peft_adapter_does_without_p4ir_json(tmp_path):
    found = find_adapter(str(write_adapter(tmp_path / "plain", base="org/model")))
    assert found.base == "org/model"
    assert found.notation is None


def test_adapters_are_found_in_a_checkout_and_in_an_installed_package(shipped, tmp_path):
    shipped("one-sft")
    shipped("two-sft", place="installed")
    assert [info.name for info in list_adapters()] == ["one-sft", "two-sft"]
    assert find_adapter("two-sft").folder == tmp_path / "installed" / "two-sft"


def test_the_checkout_goes_first(shipped, tmp_path):
    shipped("one-sft")
    shipped("one-sft", place="installed")
    assert len(list_adapters()) == 1
    assert find_adapter("one-sft").folder == tmp_path / "checkout" / "one-sft"


def test_the_places_are_those_of_the_repository_and_the_wheel():
    # The fixture replaces FOLDERS; what it is made from is not.
    package = Path(adapters.__file__).resolve().parents[1]
    assert package == adapters._PACKAGE
    assert package.name == "p4ir"


@pytest.mark.parametrize(
    ("names", "alias", "meant"),
    [
        (["m-sft", "m-grpo"], "sft", "m-sft"),
        (["m-sft", "m-grpo"], "grpo", "m-grpo"),
        (["m-sft", "m-sft-grpo"], "sft", "m-sft"),
        (["m-sft", "m-open-sft"], "sft", "m-sft"),
        (["m-sft", "m-open-sft"], "open", "m-open-sft"),
        (["m_SFT_r16"], "sft", "m_SFT_r16"),
        (["m-open-sft"], "sft", "m-open-sft"),
    ],
)
def test_an_alias_chooses_the_adapter_with_that_word(shipped, names, alias, meant):
    shipped(*names)
    assert find_adapter(alias).name == meant


def test_an_alias_is_a_whole_word(shipped):
    shipped("opensource-sftx")
    with pytest.raises(ModelError, match="no adapter 'sft'"):
        find_adapter("sft")


def test_an_alias_that_means_several_is_refused(shipped):
    shipped("a-sft", "b-sft")
    with pytest.raises(ModelError, match="'sft' may be any of a-sft, b-sft; name one"):
        find_adapter("sft")


@pytest.mark.parametrize(
    ("names", "default"),
    [
        ([], None),
        (["m-other"], None),
        (["m-sft"], "m-sft"),
        (["m-grpo", "m-sft"], "m-grpo"),
        (["m-open-sft", "m-sft"], "m-sft"),
    ],
)
def test_the_default_is_grpo_else_sft_else_none(shipped, names, default):
    shipped(*names)
    assert default_adapter() == default


def test_a_name_goes_before_a_folder_of_the_same_name(shipped, tmp_path, monkeypatch):
    shipped("m-sft")
    write_adapter(tmp_path / "here" / "m-sft")
    monkeypatch.chdir(tmp_path / "here")
    assert find_adapter("m-sft").folder == tmp_path / "checkout" / "m-sft"
    assert find_adapter("./m-sft").folder == Path("m-sft")


def test_an_unknown_name_lists_what_there_is(shipped):
    shipped("m-grpo", "m-sft")
    with pytest.raises(ModelError, match=r"there are m-grpo, m-sft; did you mean 'm-sft'\?"):
        find_adapter("m-sftt")


def remove(name):
    return lambda folder: (folder / name).unlink()


def write(name, text):
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove("adapter_config.json"), "is no adapter: it holds no adapter_config.json"),
        (remove("adapter_model.safetensors"), "it holds no adapter_model.safetensors"),
        (write("adapter_config.json", "{"), "adapter_config.json: is no JSON"),
        (write("adapter_config.json", "[]"), "adapter_config.json: is no JSON object"),
        (write("adapter_config.json", "{}"), "does not say which base model"),
        (write("p4ir.json", "nonsense"), "p4ir.json: is no JSON"),
    ],
)
def test_a_damaged_adapter_is_named(tmp_path, damage, message):
    folder = write_adapter(tmp_path / "checkout" / "x-sft")
    damage(folder)
    with pytest.raises(ModelError, match=message):
        find_adapter(folder)
    assert list_adapters() == []


def test_a_whole_model_is_no_adapter(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match="a whole model, not an adapter"):
        find_adapter(tmp_path)
