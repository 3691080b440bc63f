from p4ir.evaluation.blocks import Cell, Table


def test_a_table_is_shown_without_a_column():
    table = Table(("metric", "a", "b"), ((Cell("nTED"), Cell("1"), Cell("2")),), "Means.")
    without = table.without("a")
    assert (without.columns, without.caption) == (("metric", "b"), "Means.")
    assert without.rows == ((Cell("nTED"), Cell("2")),)
