"""Write the sample buildings as IFC models: `python data/buildings/as_ifc.py [SCHEMA]`."""

from __future__ import annotations

import sys
from pathlib import Path

from p4ir.check import read_building
from p4ir.check.ifc.writing import write_ifc

HERE = Path(__file__).parent


def main(schema: str = "IFC4") -> None:
    """Write a model beside each file of facts."""
    for facts in sorted(HERE.glob("*.json")):
        if facts.stem.endswith(".findings"):
            continue
        write_ifc(read_building(facts), schema).write(str(facts.with_suffix(".ifc")))


if __name__ == "__main__":
    main(*sys.argv[1:])
