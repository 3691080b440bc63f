import pytest

from tests.endpoint.stand_in import StandIn


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    """Keep the user's own keys out of the tests."""
    monkeypatch.delenv("P4IR_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("P4IR_TOKEN", raising=False)


@pytest.fixture
def stand_in():
    """Make servers that stand in for an endpoint."""
    made = []

    def make(*arguments, **options):
        made.append(StandIn(*arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
