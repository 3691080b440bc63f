"""How many of a thing there are, in words."""


def counted(count: int, thing: str) -> str:
    """Return a number with the name of what is counted, in singular or plural.

    >>> counted(1, "clause"), counted(0, "file without a rule")
    ('1 clause', '0 files without a rule')
    """
    name, space, rest = thing.partition(" ")
    return f"{count} {name}{'s' * (count != 1)}{space}{rest}"
