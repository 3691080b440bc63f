import pytest


@pytest.fixture
def exact(monkeypatch):
    """Calculate in float32, whatever the hardware prefers."""
    monkeypatch.setattr("p4ir.models.hardware.has_fast_bf16", lambda device="cpu": False)
