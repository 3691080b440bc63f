"""Random buildings, rules about them, and facts to add to a building."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

KINDS = ["room", "bedroom", "door", "fireDoor", "stair"]
STATES = ["locked", "fire", "external"]
RELATIONS = ["within", "has", "partOf", "adjacent", "towards"]
CONTAINMENT = {"within", "has", "partOf"}
LISTS = ["type", "material", *RELATIONS, *(f"has {kind}" for kind in KINDS)]

_WORDS = st.sampled_from(["timber", "steel", "fire", "external"])
_WIDTHS = st.sampled_from(["0.7 m", "800 mm", "1.2 m", "3 kg", "wide"])


def _properties() -> st.SearchStrategy[dict[str, Any]]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "width": _WIDTHS | st.lists(_WIDTHS, max_size=2),
        "height": _WIDTHS,
        "material": _WORDS | st.lists(_WORDS, max_size=2),
        "type": _WORDS | st.lists(_WORDS, max_size=2),
        "riser": st.integers(0, 4),
        **{state: st.booleans() for state in STATES},
    }
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a building as JSON facts, with up to five elements."""
    ids = [f"e{n}" for n in range(draw(st.integers(1, 5)))]
    some = st.lists(st.sampled_from(ids), max_size=2, unique=True)
    elements = [
        {
            "id": id,
            "type": draw(st.sampled_from(KINDS)),
            "properties": draw(_properties()),
            "relations": draw(st.dictionaries(st.sampled_from(RELATIONS), some, max_size=3)),
            "complete": draw(st.lists(st.sampled_from(LISTS), max_size=2)),
        }
        for id in ids
    ]
    complete = draw(st.lists(st.sampled_from([*KINDS, *LISTS]), max_size=3))
    return {"format": "p4ir-building/1", "complete": complete, "elements": elements}


def literals(names: list[str]) -> st.SearchStrategy[str]:
    """Literals about entities of these names."""
    name, kind = st.sampled_from(names), st.sampled_from(KINDS)
    relation = st.sampled_from([*RELATIONS, "outside", "inBetween", "on"])
    compare = st.sampled_from(["equal", "lessThan", "greaterThanEqual"])
    return st.one_of(
        st.builds("is({},{})".format, name, st.sampled_from([*STATES, *KINDS])),
        st.builds("is({}.{},{})".format, name, st.sampled_from(["type", "material"]), _WORDS),
        st.builds("{}({}.{},800 mm)".format, compare, name, st.sampled_from(["width", "height"])),
        st.builds("{}({}.width,'{}.height + 1 m')".format, compare, name, name),
        st.builds("{}(count({}.{}),1)".format, compare, name, st.sampled_from([*KINDS, "riser"])),
        st.builds("{}(sum({}.width),1 m)".format, compare, kind),
        st.builds("{}(max({}.height),1 m)".format, compare, kind),
        st.builds("{}({},{})".format, relation, name, kind),
        st.builds("loop(forEach({}.{}),is({},locked))".format, name, kind, kind),
        st.builds("complyWith({},en_1125)".format, name),
        st.builds("exist({})".format, kind),
    )


def formulas(names: list[str]) -> st.SearchStrategy[str]:
    """Formulas of a few literals about entities of these names."""
    return st.recursive(
        literals(names),
        lambda part: st.one_of(
            st.builds("and({},{})".format, part, part),
            st.builds("or({},{})".format, part, part),
            st.builds("not({})".format, part),
        ),
        max_leaves=4,
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Draw a rule of any shape about the kinds of things in random buildings."""
    duty = f"obligation({draw(formulas(KINDS))})"
    one, other, third, fourth = (draw(literals(KINDS)) for _ in range(4))
    cases = f"obligation(or(and({one},{other}),and({third},{fourth})))"
    relieved = f"and({duty},permission(and({one},{other})))"
    conclusion = draw(st.sampled_from([duty, cases, relieved]))
    return f"if({draw(formulas(KINDS))}),then({conclusion})"


@st.composite
def grown(draw: st.DrawFn, before: dict[str, Any]) -> dict[str, Any]:
    """Draw the same facts and one more, which no list declared complete rules out."""
    after = copy.deepcopy(before)
    one = draw(st.sampled_from(after["elements"]))
    declared = {*one["complete"], *after["complete"]}
    everywhere = {name for each in after["elements"] for name in each["complete"]} | declared
    additions = ["property"]
    open_values = [name for name, held in one["properties"].items()
                   if isinstance(held, list) and name not in declared]  # fmt: skip
    additions += ["value"] if open_values else []
    may_contain = all(name.split(" ")[0] not in CONTAINMENT for name in everywhere)
    relations = [name for name in RELATIONS if name not in declared
                 and (may_contain or name not in CONTAINMENT)
                 and (name != "adjacent" or "adjacent" not in everywhere)]  # fmt: skip
    additions += ["relation"] if relations and not _rules_out_new(after["complete"]) else []
    kinds = [kind for kind in KINDS if not _is_listed(kind, after["complete"])]
    additions += ["element"] if kinds else []
    match draw(st.sampled_from(additions)):
        case "property":
            fresh = {name: held for name, held in draw(_properties()).items()
                     if name not in one["properties"] and name not in declared}  # fmt: skip
            one["properties"].update(fresh)
        case "value":
            one["properties"][draw(st.sampled_from(open_values))].append(draw(_WORDS))
        case "relation":
            other = draw(st.sampled_from([each["id"] for each in after["elements"]]))
            one["relations"].setdefault(draw(st.sampled_from(relations)), []).append(other)
        case "element":
            after["elements"].append({"id": "new", "type": draw(st.sampled_from(kinds)),
                                      "properties": draw(_properties()), "relations": {},
                                      "complete": []})  # fmt: skip
    return after


def _is_listed(kind: str, complete: list[str]) -> bool:
    above = {"bedroom": ["room"], "fireDoor": ["door"]}.get(kind, [])
    return any(each in complete for each in (kind, *above))


def _rules_out_new(complete: list[str]) -> bool:
    return any(kind in complete for kind in KINDS)
