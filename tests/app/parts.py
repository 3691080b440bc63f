"""What the application gives to the parts of its own that draw clauses, lists and reports."""

import json


def parts(page, name):
    """Return the data of all parts of a name on a page."""
    found = [each.proto for each in page.get("bidi_component")]
    return [json.loads(part.json) for part in found if part.component_name == f"p4ir_{name}"]
