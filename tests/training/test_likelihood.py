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
    scores = (logits / temperature).log_softmax(-1)
    expected = scores[torch.arange(rows), targets], -(scores.exp() * scores).sum(-1)
    for of_logps, of_entropies in ((1.0, 0.0), (0.0, 1.0), (1.0, -0.3)):
        found, wanted = (
            torch.autograd.grad(
                ((of_logps * one + of_entropies * other) * weights).sum(), logits, retain_graph=True
            )[0]
            for one, other in ((logps, entropies), expected)
        )
        torch.testing.assert_close(found, wanted)

    torch.testing.assert_close(logps, expected[0])
    torch.testing.assert_close(entropies, expected[1])
    (alone,) = torch.autograd.grad(entropies.sum(), logits, retain_graph=True)
    torch.testing.assert_close(alone, torch.autograd.grad(expected[1].sum(), logits)[0])


def test_logits_in_bfloat16_get_a_gradient_in_bfloat16_and_figures_in_float32():
    logits = torch.randn(3, 20).bfloat16().requires_grad_()
    targets = torch.tensor([1, 2, 3])
    logps, _ = token_likelihoods(logits, targets)
    logps.sum().backward()
    assert logps.dtype == torch.float32
    assert logits.grad.dtype == torch.bfloat16
    torch.testing.assert_close(logps, logits.float().log_softmax(-1)[torch.arange(3), targets])
