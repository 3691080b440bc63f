import torch

from p4ir.models import load_base
from p4ir.training.head import next_token_logits


def test_the_logits_are_those_of_the_whole_forward_pass():
    model, tokenizer = load_base("tiny-random")
    batch = tokenizer(["A door shall open.", "Ramps."], return_tensors="pt", padding=True)
    ids, mask = batch["input_ids"], batch["attention_mask"]
    wanted = mask.bool()
    wanted[:, :3] = False
    with torch.no_grad():
        found = next_token_logits(model, ids, mask, wanted)
        whole = model(input_ids=ids, attention_mask=mask).logits
    assert torch.allclose(found, whole[:, :-1][wanted[:, 1:]], atol=1e-5)
    assert len(found) == wanted.sum() > 3
