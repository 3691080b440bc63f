"""The graph of a Llama-like model, made of OpenVINO's operators from its weights.

They are put together as OpenVINO's own passes expect them, which make one operator of each
norm, of each rotation, and paged attention of attention over past keys and values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

KINDS = ("llama", "mistral", "qwen2", "qwen3")
"""Kinds of model, as transformers names them, that are known here."""
_ROTATIONS = ("default", "linear", "llama3", "yarn")
"""Kinds of rotary positions whose frequencies do not depend on the text's length."""


def why_not(config: Any) -> str:
    """Say why a model of this configuration cannot be converted; empty if it can."""
    if config.model_type not in KINDS:
        return f"OpenVINO runs models of the kinds {', '.join(KINDS)}, not {config.model_type}"
    layers = set(getattr(config, "layer_types", None) or ["full_attention"])
    if layers != {"full_attention"} or (
        config.model_type == "mistral" and config.sliding_window is not None
    ):
        return "OpenVINO runs models that attend to the whole text, and this one slides a window"
    rotation = (getattr(config, "rope_parameters", None) or {}).get("rope_type", "default")
    if rotation not in _ROTATIONS or config.hidden_act != "silu":
        return (
            f"OpenVINO runs models with {', '.join(_ROTATIONS)} positions and silu, not "
            f"with {rotation} and {config.hidden_act}"
        )
    return ""


class Graph:
    """A graph in the making.

    Its inputs, all flat once attention is paged, are those that OpenVINO's pass knows, and
    `wanted`: the places of the tokens after which scores are wanted.

    Args:
        model: A causal language model of transformers, of one of the known kinds.
        openvino: The module.
    """

    def __init__(self, model: Any, openvino: Any) -> None:
        self._openvino, self._ops = openvino, openvino.opset13
        self._config, self._rotary = model.config, model.model.rotary_emb
        self._weights = {
            name: weight.detach().float().numpy() for name, weight in model.state_dict().items()
        }
        self._heads = self._config.num_attention_heads
        self._shared = self._config.num_key_value_heads
        """Heads of keys and values, each shared by as many heads of queries."""
        queries = self._weights["model.layers.0.self_attn.q_proj.weight"]
        self._size = len(queries) // self._heads
        self._sinks: list[Any] = []

    def build(self) -> Any:
        """Return the graph as `openvino.Model`."""
        ops, config = self._ops, self._config
        places = ("input_ids", "position_ids", "attention_mask")
        ids, positions, mask = inputs = [self._input(name, 2, np.int64) for name in places]
        self._ids, self._order = ids, self._input("beam_idx", 1, np.int32)
        wanted = self._input("wanted", 1, np.int64)
        self._cos, self._sin = self._rotations(positions)
        seen = ops.convert(ops.unsqueeze(mask, self._ints(1, 2)), np.float32)
        table = ops.constant(self._weights["model.embed_tokens.weight"])
        hidden = ops.gather(table, ids, self._int(0))
        for number in range(config.num_hidden_layers):
            layer = f"model.layers.{number}."
            attended = self._attend(layer, self._norm(hidden, f"{layer}input_layernorm"), seen)
            hidden = ops.add(hidden, attended)
            inner = self._norm(hidden, f"{layer}post_attention_layernorm")
            hidden = ops.add(hidden, self._feed(f"{layer}mlp.", inner))
        flat = ops.reshape(hidden, self._ints(-1, config.hidden_size), False)
        last = self._norm(ops.gather(flat, wanted, self._int(0)), "model.norm")
        head = (
            table if config.tie_word_embeddings else ops.constant(self._weights["lm_head.weight"])
        )
        scores = ops.result(ops.matmul(last, head, False, True), name="scores")
        inputs += [self._order, wanted]
        return self._openvino.Model([scores], self._sinks, inputs, "p4ir")

    def _attend(self, layer: str, hidden: Any, seen: Any) -> Any:
        """Return what a layer's attention adds, with keys and values kept by their names."""
        ops, name = self._ops, f"{layer}self_attn."
        queries = self._rotate(self._split(hidden, f"{name}q", self._heads))
        keys = self._rotate(self._split(hidden, f"{name}k", self._shared))
        values = self._split(hidden, f"{name}v", self._shared)
        keys, values = (
            self._repeat(self._keep(new, f"{name}{kind}"))
            for kind, new in (("keys", keys), ("values", values))
        )
        found = ops.scaled_dot_product_attention(queries, keys, values, seen)
        joined = ops.reshape(
            ops.transpose(found, self._ints(0, 2, 1, 3)),
            self._ints(0, 0, self._heads * self._size), True,
        )  # fmt: skip
        return self._linear(joined, f"{name}o_proj")

    def _feed(self, name: str, hidden: Any) -> Any:
        """Return what a layer's feed-forward part adds."""
        gate = self._ops.swish(self._linear(hidden, f"{name}gate_proj"))
        inner = self._ops.multiply(gate, self._linear(hidden, f"{name}up_proj"))
        return self._linear(inner, f"{name}down_proj")

    def _split(self, hidden: Any, name: str, heads: int) -> Any:
        """Return queries, keys or values, rows × heads × places × features."""
        found = self._linear(hidden, f"{name}_proj")
        found = self._ops.reshape(found, self._ints(0, 0, heads, self._size), True)
        if f"{name}_norm.weight" in self._weights:  # Qwen3
            found = self._norm(found, f"{name}_norm")
        return self._ops.transpose(found, self._ints(0, 2, 1, 3))

    def _keep(self, new: Any, name: str) -> Any:
        """Return keys or values of all the text, the past ones from a variable."""
        ops, states = self._ops, self._openvino.op.util
        info = states.VariableInfo()
        info.data_shape = self._openvino.PartialShape([-1, self._shared, -1, self._size])
        info.data_type, info.variable_id = self._openvino.Type.f32, name
        variable = states.Variable(info)
        rows = ops.gather(ops.shape_of(self._ids), self._ints(0), self._int(0))
        nothing = ops.concat([rows, self._ints(self._shared, 0, self._size)], 0)
        past = self._openvino.opset6.read_value(ops.broadcast(self._float(0), nothing), variable)
        whole = ops.concat([ops.gather(past, self._order, self._int(0)), new], 2)
        self._sinks.append(self._openvino.opset6.assign(whole, variable))
        return whole

    def _repeat(self, kept: Any) -> Any:
        """Return keys or values once for each head of queries."""
        ops = self._ops
        if self._heads == self._shared:
            return kept
        rows, heads, length, size = (
            ops.gather(ops.shape_of(kept), self._ints(axis), self._int(0)) for axis in range(4)
        )
        times = self._ints(self._heads // self._shared)
        wide = ops.broadcast(
            ops.unsqueeze(kept, self._int(2)), ops.concat([rows, heads, times, length, size], 0),
            broadcast_spec="BIDIRECTIONAL",
        )  # fmt: skip
        return ops.reshape(wide, self._ints(0, self._heads, -1, self._size), True)

    def _rotations(self, positions: Any) -> tuple[Any, Any]:
        """Return cosine and sine of each position's angles, rows × 1 × places × features."""
        ops, scale = self._ops, float(self._rotary.attention_scaling)
        frequencies = ops.constant(self._rotary.inv_freq.float().numpy()[None])
        places = ops.unsqueeze(ops.convert(positions, np.float32), self._int(-1))
        angles = ops.matmul(places, frequencies, False, False)
        angles = ops.unsqueeze(ops.concat([angles, angles], -1), self._int(1))
        cos, sin = ops.cos(angles), ops.sin(angles)
        if scale == 1:
            return cos, sin
        return ops.multiply(cos, self._float(scale)), ops.multiply(sin, self._float(scale))

    def _rotate(self, heads: Any) -> Any:
        """Return queries or keys turned by their positions."""
        ops, half, step = self._ops, self._size // 2, self._ints(1)
        first = ops.slice(heads, self._ints(0), self._ints(half), step, self._ints(3))
        second = ops.slice(heads, self._ints(half), self._ints(self._size), step, self._ints(3))
        turned = ops.concat([ops.multiply(second, self._float(-1)), first], -1)
        return ops.add(ops.multiply(heads, self._cos), ops.multiply(turned, self._sin))

    def _norm(self, hidden: Any, name: str) -> Any:
        ops = self._ops
        squares = ops.reduce_mean(ops.power(hidden, self._float(2)), self._ints(-1), True)
        root = ops.sqrt(ops.add(squares, self._float(self._config.rms_norm_eps)))
        normed = ops.multiply(hidden, ops.divide(self._float(1), root))
        return ops.multiply(ops.constant(self._weights[f"{name}.weight"]), normed)

    def _linear(self, hidden: Any, name: str) -> Any:
        ops, bias = self._ops, self._weights.get(f"{name}.bias")
        found = ops.matmul(hidden, ops.constant(self._weights[f"{name}.weight"]), False, True)
        return found if bias is None else ops.add(found, ops.constant(bias))

    def _input(self, name: str, rank: int, dtype: Any) -> Any:
        found = self._ops.parameter([-1] * rank, dtype, name=name)
        found.output(0).get_tensor().set_names({name})
        return found

    def _int(self, number: int) -> Any:
        return self._ops.constant(np.int64(number))

    def _ints(self, *numbers: int) -> Any:
        return self._ops.constant(np.array(numbers, np.int64))

    def _float(self, number: float) -> Any:
        return self._ops.constant(np.float32(number))
