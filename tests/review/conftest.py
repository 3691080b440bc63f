import os

import pytest
from sqlalchemy import create_engine

from p4ir import parse_rule
from p4ir.review import Draft, ReviewStore
from p4ir.review.tables import Base

HANDLE = parse_rule("if(exist(door)),then(obligation(has(door,handle)))")
WIDTH = parse_rule("if(exist(door)),then(obligation(greaterThanEqual(door.width,900 mm)))")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "reviews.db"


@pytest.fixture
def where(path):
    """Where the store is: an SQLite file, or the database at P4IR_TEST_DATABASE, emptied."""
    url = os.environ.get("P4IR_TEST_DATABASE")
    if not url:
        return path
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def store(where):
    """A store with one rule, `code/1.1`."""
    with ReviewStore(where) as opened:
        draft = Draft(
            clause="1.1 Every door shall have a handle.",
            rule=HANDLE,
            document="code.pdf",
            number="1.1",
            page=7,
            model="a-model",
            adapter="an-adapter",
            confidence=0.75,
            paraphrase="A door must have a handle.",
        )
        opened.add([draft], "Ann")
        yield opened
