"""JSON as others send it, read strictly: what Python would pass over in silence is refused."""

from __future__ import annotations

import json
import re

from p4ir.errors import JsonTextError

_SHOWN = 60
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
"""What may be half of a pair of surrogates, which no report can be written with."""
_LONE = re.compile(r"[\ud800-\udfff]")


def read_json(data: bytes | str, *, mend_halves: bool = False) -> object:
    """Return the value that a JSON text stands for.

    Args:
        data: the text, in UTF-8.
        mend_halves: have U+FFFD stand for half of a character rather than refuse all.

    Raises:
        JsonTextError: it is no JSON, or an object has a key twice, of which Python would keep
            the last.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        value: object = json.loads(text, object_pairs_hook=_once)
        if _HALF.search(text):
            written = json.dumps(value, ensure_ascii=False)
            if mend_halves:
                value = json.loads(_LONE.sub("\ufffd", written))
            else:
                written.encode()
    except JsonTextError:
        raise
    except UnicodeEncodeError:
        raise JsonTextError("half of a character (\\ud800 to \\udfff) in a text") from None
    except UnicodeDecodeError:
        raise JsonTextError("no text in UTF-8; save it as UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise JsonTextError(f"{place}: {error.msg}, expected JSON") from None
    except RecursionError:
        raise JsonTextError("nested too deep") from None
    except ValueError:
        raise JsonTextError("a number has too many digits") from None
    return value


def shown(value: object) -> str:
    """Write a value for a message, shortened."""
    return _LONE.sub("\ufffd", json.dumps(value, ensure_ascii=False))[:_SHOWN]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        key = next(key for key in keys if keys.count(key) > 1)
        about = f" of {shown(made['id'])}" if isinstance(made.get("id"), str) else ""
        raise JsonTextError(f"{shown(key)}{about} stands there twice; give it once, or a list")
    return made
