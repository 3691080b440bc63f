import pytest
import torch
from peft import LoraConfig, get_peft_model

from p4ir.models import load_base
from p4ir.training import merged
from p4ir.training.merged import merged_copy


@pytest.fixture
def tuned():
    model, _ = load_base("tiny-random")
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    torch.manual_seed(0)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.2)
    return model


def test_the_copy_says_what_the_policy_says_and_leaves_it_alone(tuned, monkeypatch):
    monkeypatch.setattr(merged, "has_fast_bf16", lambda device: False)
    tuned.train()
    before = {name: weight.clone() for name, weight in tuned.state_dict().items()}
    ids = torch.arange(5, 15)[None]
    copy = merged_copy(tuned)
    with torch.no_grad():
        expected = tuned.eval()(ids).logits
        assert torch.allclose(copy(ids).logits, expected, atol=1e-4)
        with tuned.disable_adapter():
            assert not torch.allclose(tuned(ids).logits, expected, atol=1e-2)
    assert not copy.training
    assert not any(weight.requires_grad for weight in copy.parameters())
    assert all(torch.equal(weight, before[name]) for name, weight in tuned.state_dict().items())
    assert any(weight.requires_grad for weight in tuned.parameters())


def test_the_copy_runs_its_own_weights_where_trl_has_replaced_the_head(tuned):
    from trl.trainer.utils import add_fused_lm_head

    add_fused_lm_head(tuned.get_base_model(), temperature=1.0)
    copy = merged_copy(tuned)
    ids = torch.arange(5, 15)[None]
    before = copy(ids).logits
    with torch.no_grad():
        for weight in tuned.parameters():
            weight.zero_()
    assert torch.equal(copy(ids).logits, before)


def test_where_bfloat16_is_fast_the_copy_is_bfloat16(tuned, monkeypatch):
    monkeypatch.setattr(merged, "has_fast_bf16", lambda device: True)
    assert {weight.dtype for weight in merged_copy(tuned).parameters()} == {torch.bfloat16}


def test_a_model_without_an_adapter_is_not_copied():
    model, _ = load_base("tiny-random")
    assert merged_copy(model) is model
