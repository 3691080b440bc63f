"""What the project's own corpus is about: its topics, and whose codes it sounds like."""

TOPICS = frozenset(
    "accessibility acoustics construction-safety daylight drainage durability egress electrical "
    "elevators energy exterior-walls fire-compartments fire-detection fire-service "
    "fire-suppression foundations gas glazing guards hazardous-materials heating lighting moisture "
    "parking plumbing residential roofing sanitary-facilities signage site smoke-control stairs "
    "structure swimming-pools ventilation waste water-supply".split()
)

JURISDICTIONS = frozenset(
    "ae au ca cn de eu fi fr hk in int ie jp kr nl no nz se sg uk us za".split()
)
"""Two letters of the country, `eu`, or `int` for none in particular."""
