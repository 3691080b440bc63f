"""Words of the domain that stand for each other, and words that rules add by convention.

Small tables made for this project. Words are compared by their stems
(`p4ir.rules.grounding.stems`), so a line of the table needs one form of each.
"""

from __future__ import annotations

from collections import defaultdict

from p4ir.rules.grounding.stems import stem

_GROUPS = """
height high tall above elevation
elevation level above below storey
width wide
length long
depth deep
thickness thick
strength strong
weight weigh mass heavy
area square
size large small dimension
storey floor level
external exterior outside outdoor
internal interior inside indoor
top upper
bottom lower base underside
front face
end terminate
slope pitch gradient fall incline
ratio slope
vertical upright
horizontal level
lap overlap
join joint junction
join seam
fixing fixture fastener fasten nail screw bolt
attach fix secure held supported connect
disposal discharge drain
space room
ply plywood
full total complete
prone likely history
rolled curved
sewer sewage foul
wet exposed
restraint restrain
bar rod steel
tie strap
hole penetration cut opening
seal sealant
drain drainage sewer
pipe pipework
vent ventilation air
roof roofing
wall partition
cladding claddings
ground earth soil site
site land property
boundary property
door doorway doorset
window glazing
glass glazing pane
stair stairway step staircase
lift elevator
escape egress exit evacuate
barrier guard balustrade
handrail rail
toilet wc sanitary
bathroom shower
kitchen cooking
car vehicle parking
person occupant people user
owner ownership
sleep accommodation bedroom
crowd congregate assembly
detention restrain custody
education school teach
waste rubbish refuse
vessel tank cylinder container
storage store
capacity volume
system assembly
device appliance equipment
building structure
construct build erect
material made make composed
finish finished
location locate position place situated
direction towards
distance clearance gap apart
spacing spaced centres apart
change alter
reduction decrease reduce
increase greater
obstruction obstruct hamper block
prevention prevent avoid
protection protect shield
exception except unless
allowance allow
requirement require need
permit allow
method means procedure
number count
degree rating
temperature hot cold heat warm
moisture damp
waterproof watertight weathertight
combustible flammable burn
fire burning
earthquake seismic
electrical electric
measurement measure
calculation calculate
inspection inspect
maintenance maintain
time duration during period
rate per
load force
light lit lighting illuminance lux
surrounding around
entry enter entrance
language english
colour painted coloured
flow flowing
"""

LIGHT_WORDS = frozenset(
    stem(word)
    for word in "building system material point allowance task method component area type element "
    "degree section part time safety load rate distance direction angle period interval "
    "provision".split()
)
"""Words that make a noun of another word, as in `accessPoint` for access: not required."""

CONVENTIONAL_ENTITIES = frozenset(
    "building space element device value object exception clause requirement distance gap "
    "true false".split()
)
"""Whole entities that a rule speaks of although its clause leaves them out."""

CONVENTIONAL_PROPERTIES = frozenset(
    "type material location elevation size width length height depth thickness weight area "
    "orientation grade capacity count direction component part element method spacing dimension "
    "activity section shape number design installation application density force strength angle "
    "temperature duration usage profile surface use class slope diameter volume distance rate "
    "floorarea occupantload".split()
)
"""Properties that a value already implies: an external wall has a location, `2 m` a length."""


def _read_groups() -> dict[str, tuple[str, ...]]:
    near: dict[str, dict[str, None]] = defaultdict(dict)
    for line in _GROUPS.strip().splitlines():
        stems = dict.fromkeys(stem(word) for word in line.split())
        for word in stems:
            near[word] |= {other: None for other in stems if other != word}
    return {word: tuple(others) for word, others in near.items()}


NEAR = _read_groups()
"""Stem: the stems that support it, in the order in which they are looked for."""
