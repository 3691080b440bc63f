import json
import shutil

import pytest

from p4ir.errors import ModelError
from p4ir.models import find_adapter, load_base, load_with_adapter
from p4ir.models.catalogue import CATALOGUE

torch = pytest.importorskip("torch")


def logits(model, tokenizer):
    with torch.no_grad():
        return model(**tokenizer("abcde", return_tensors="pt")).logits


def test_a_base_model_knows_where_to_end_and_how_to_pad(base):
    model, tokenizer = load_base(base)
    assert not model.training
    assert model.dtype == torch.float32
    assert tokenizer.eos_token == tokenizer.pad_token == "<|im_end|>"
    assert tokenizer.padding_side == "left"
    assert model.generation_config.eos_token_id == 2
    assert model.generation_config.pad_token_id == 2


def test_the_padding_token_is_the_end_where_there_is_none(base, tmp_path):
    folder = shutil.copytree(CATALOGUE[base].folder, tmp_path / "copy")
    file = folder / "tokenizer_config.json"
    config = json.loads(file.read_text())
    del config["pad_token"]
    file.write_text(json.dumps(config))
    generation = json.loads((folder / "generation_config.json").read_text())
    generation["eos_token_id"] = [0]
    (folder / "generation_config.json").write_text(json.dumps(generation))
    model, tokenizer = load_base(str(folder))
    assert tokenizer.pad_token_id == 2
    assert model.generation_config.eos_token_id == [2, 0]


@pytest.mark.parametrize("dtype", ["bfloat16", torch.bfloat16])
def test_the_type_of_the_weights_can_be_chosen(base, dtype):
    model, _ = load_base(base, dtype=dtype)
    assert model.dtype == torch.bfloat16


def test_a_missing_model_of_the_catalogue_is_fetched(tiny, monkeypatch):
    import sys

    pull_module = sys.modules["p4ir.models.pull"]
    monkeypatch.setattr(pull_module, "_download", lambda model, folder: tiny)
    model, _ = load_base("tiny")
    assert model.config.num_hidden_layers == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("smollm-135m", "did you mean 'smollm2-135m'"),
        ("./nowhere", "there is no such folder"),
        ("no-one-at-all/no-model", "could not be had from the hub"),
    ],
)
def test_a_model_that_is_not_there_is_one_clear_line(name, message):
    with pytest.raises(ModelError, match=message) as caught:
        load_base(name)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"it holds no config\.json"):
        load_base(str(tmp_path))


def test_a_damaged_folder_is_named(base, tmp_path):
    folder = shutil.copytree(CATALOGUE[base].folder, tmp_path / "copy")
    (folder / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_base(str(folder))


def test_an_adapter_is_no_base_model(make_adapter):
    with pytest.raises(ModelError, match="is an adapter, not a base model"):
        load_base(str(make_adapter("m-sft")))


def test_an_adapter_names_its_base_as_the_catalogue_does(make_adapter):
    folder = make_adapter("m-sft", notation="outline")
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "tiny"
    assert json.loads((folder / "p4ir.json").read_text()) == {"notation": "outline", "base": "tiny"}


@pytest.mark.parametrize("how", ["sft", "m-sft", "path", "info"])
def test_an_adapter_loads_by_alias_name_path_or_info(make_adapter, how):
    folder = make_adapter("m-sft")
    adapter = {"path": folder, "info": find_adapter("m-sft")}.get(how, how)
    model, tokenizer = load_with_adapter(adapter)
    plain, _ = load_base("tiny")
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())
    assert not torch.allclose(logits(model, tokenizer), logits(plain, tokenizer))


def test_merging_changes_no_result(make_adapter):
    folder = make_adapter("m-sft")
    merged, tokenizer = load_with_adapter(folder, merge=True)
    model, _ = load_with_adapter(folder)
    assert not any("lora_" in key for key, _ in merged.named_parameters())
    assert torch.allclose(logits(merged, tokenizer), logits(model, tokenizer), atol=1e-3)


def test_a_trainable_adapter_trains_its_own_weights_only(make_adapter):
    model, _ = load_with_adapter(make_adapter("m-sft"), trainable=True)
    assert model.training
    trained = {key for key, weight in model.named_parameters() if weight.requires_grad}
    assert trained
    assert all("lora_" in key for key in trained)


def test_plain_peft_loads_the_adapter_too(make_adapter):
    from peft import PeftModel

    folder = make_adapter("m-sft")
    base, tokenizer = load_base("tiny")
    ours, _ = load_with_adapter(folder)
    theirs = PeftModel.from_pretrained(base, folder)
    assert torch.equal(logits(theirs, tokenizer), logits(ours, tokenizer))


def test_an_adapter_of_another_base_is_refused_by_name(make_adapter):
    folder = make_adapter("m-sft", base="org/other")
    with pytest.raises(ModelError, match="m-sft was trained on org/other, not on tiny"):
        load_with_adapter(folder, base="tiny")


def test_the_base_may_be_given_as_its_folder_in_the_cache(make_adapter):
    folder = make_adapter("m-sft")
    model, _ = load_with_adapter(folder, base=str(CATALOGUE["tiny"].folder))
    assert not model.training


def rewrite(folder, change):
    """Rename or reshape an adapter's weights."""
    from safetensors.torch import load_file, save_file

    file = folder / "adapter_model.safetensors"
    save_file(dict(map(change, *zip(*load_file(file).items(), strict=True))), file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda key, weight: (key, weight[:, :-1] if ".lora_A." in key else weight),
            r"for another model than tiny: .* has \d+ features, the adapter \d+",
        ),
        (
            lambda key, weight: (key, weight[:-1] if ".lora_B." in key else weight),
            "for another model than tiny",
        ),
        (
            lambda key, weight: (key.replace("layers.1.", "layers.9."), weight),
            "there is no layer model.layers.9",
        ),
    ],
)
def test_an_adapter_of_another_shape_is_refused(make_adapter, change, message):
    folder = make_adapter("m-sft")
    rewrite(folder, lambda key, weight: (lambda k, w: (k, w.contiguous()))(*change(key, weight)))
    with pytest.raises(ModelError, match=message):
        load_with_adapter(folder)


def test_damaged_weights_are_named(make_adapter):
    folder = make_adapter("m-sft")
    (folder / "adapter_model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"adapter_model.safetensors: is damaged"):
        load_with_adapter(folder)
