import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from p4ir.inference.attention import PRODUCTS
from p4ir.training.attention import attend_by_products

CPU = torch.device("cpu")


def gradients(model, ids, mask):
    model.zero_grad()
    hidden = model.get_decoder()(input_ids=ids, attention_mask=mask, use_cache=False)
    states = hidden.last_hidden_state[mask.bool()] if mask.ndim == 2 else hidden.last_hidden_state
    (states * torch.linspace(-1, 1, states.numel()).view_as(states)).sum().backward()
    found = [weight.grad.flatten() for weight in model.get_decoder().layers.parameters()]
    return states.detach(), torch.cat(found)


@pytest.fixture
def model():
    """A model in which two queries share a key."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=200, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def padded():
    mask = torch.ones(3, 9, dtype=torch.long)
    mask[0, 6:] = 0
    mask[2, :4] = 0
    return mask


def packed():
    seen = torch.ones(3, 1, 9, 9).tril()
    seen[:, :, 6:, 3:6] = 0
    return torch.zeros(seen.shape).masked_fill(seen == 0, torch.finfo(torch.bfloat16).min)


@pytest.mark.parametrize("mask", [padded(), packed()], ids=["padded", "packed"])
def test_it_attends_as_torch_does_and_so_does_its_gradient(model, mask):
    ids = torch.randint(5, 200, (3, 9))
    theirs = gradients(model, ids, mask)
    attend_by_products(model, CPU)
    assert model.config._attn_implementation == PRODUCTS
    ours = gradients(model, ids, mask)
    for found, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert theirs[1].abs().max() > 1e-3


def test_in_autocast_it_is_bfloat16(model):
    ids, mask = torch.randint(5, 200, (3, 9)), padded()
    states, grads = gradients(model, ids, mask)
    attend_by_products(model, CPU)
    with torch.autocast("cpu", torch.bfloat16):
        rough_states, rough_grads = gradients(model, ids, mask)
    assert 0 < (rough_states - states).abs().max() < 0.1 * states.abs().max()
    assert torch.cosine_similarity(rough_grads, grads, 0) > 0.99


def test_an_attention_that_the_user_chose_stays(model):
    model.set_attn_implementation("eager")
    attend_by_products(model, CPU)
    assert model.config._attn_implementation == "eager"


def test_what_is_trained_elsewhere_attends_as_before(model):
    attend_by_products(model, torch.device("cuda"))
    assert model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("why", ["long", "dropout"])
def test_where_products_do_not_do_the_kernel_attends(model, monkeypatch, why):
    kernel = []
    monkeypatch.setattr(
        "p4ir.training.attention.sdpa_attention_forward",
        lambda *given, **named: kernel.append(named) or sdpa_attention_forward(*given, **named),
    )
    if why == "long":
        monkeypatch.setattr("p4ir.training.attention._MOST", 3 * 4 * 9 * 9 - 1)
    for layer in model.model.layers:
        layer.self_attn.attention_dropout = 0.3 if why == "dropout" else 0.0
    attend_by_products(model, CPU)
    gradients(model.train(), torch.randint(5, 200, (3, 9)), padded())
    assert [named["dropout"] for named in kernel] == [0.3 if why == "dropout" else 0.0] * 2
