"""Base models and adapters: find, pull, load. Torch loads only when a model does."""

from p4ir.models.adapters import (
    AdapterInfo,
    AdapterLabel,
    default_adapter,
    find_adapter,
    list_adapters,
    write_info,
)
from p4ir.models.catalogue import CATALOGUE, DEFAULT, canonical_name, is_cached
from p4ir.models.loading import load_base, load_with_adapter
from p4ir.models.pull import pull

__all__ = [
    "CATALOGUE",
    "DEFAULT",
    "AdapterInfo",
    "AdapterLabel",
    "canonical_name",
    "default_adapter",
    "find_adapter",
    "is_cached",
    "list_adapters",
    "load_base",
    "load_with_adapter",
    "pull",
    "write_info",
]
