import pytest
import torch

from p4ir.training.likelihood import token_likelihoods


@pytest.mark.parametrize("temperature", [1.0, 0.7])
@pytest.mark.parametrize("rows", [1, 8, 21])
def test_it_is_what_a_log_softmax_gives_and_so_is_its_gradient(rows, temperature):
    torch.manual_seed(rows)
    logits = (torch.randn(rows, 50) * 3).requires_grad_()
    targets, weights = torch.randint(0, 50, (rows,)), torch.randn(rows)

    logps, entropies = token_likelihoods(logits, targets, temperature)
    (logps * weights).sum().backward()
    found, logits.grad = logits.grad, None
    scores = (logits / temperature).log_softmax(-1)
    (scores[torch.arange(rows), targets] * weights).sum().backward()

    torch.testing.assert_close(logps, scores[torch.arange(rows), targets])
    torch.testing.assert_close(entropies, -(scores.exp() * scores).sum(-1))
    torch.testing.assert_close(found, logits.grad)
    assert not entropies.requires_grad


def test_logits_in_bfloat16_get_a_gradient_in_bfloat16_and_figures_in_float32():
    logits = torch.randn(3, 20).bfloat16().requires_grad_()
    targets = torch.tensor([1, 2, 3])
    logps, _ = token_likelihoods(logits, targets)
    logps.sum().backward()
    assert logps.dtype == torch.float32
    assert logits.grad.dtype == torch.bfloat16
    torch.testing.assert_close(logps, logits.float().log_softmax(-1)[torch.arange(3), targets])
