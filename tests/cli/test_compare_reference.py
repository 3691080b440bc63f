"""The corpus that `p4ir compare` scores by: what cannot be read of it is told."""

import pytest

from p4ir.cli import main

RULE = '{"if": ["a"], "then": ["b"]}'


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (f'{{"id": "1", "clause": "Doors.", "clause": "Walls.", "rule": {RULE}}}', "clause"),
        ('{"id": "1", "clause": "Doors.", "rule": {"if": ["a"], "if": ["b"]}}', "if"),
    ],
)
def test_a_row_with_a_key_twice_is_told_and_loses_nothing_unseen(row, key, tmp_path, capsys):
    (tmp_path / "corpus.jsonl").write_text(row)
    (tmp_path / "said.jsonl").write_text('{"id": "1", "rule": "if(a),then(b)"}')
    files = [str(tmp_path / name) for name in ("said.jsonl", "corpus.jsonl")]
    assert main(["compare", files[0], "--reference", files[1]]) == 2
    assert f"line 1: has a key twice in one object: '{key}'" in capsys.readouterr().err
