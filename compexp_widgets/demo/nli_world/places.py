"""Where and when: places with the places above them, weather and hours, and what cannot be true together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Place:
    """Where somebody can be.

    Attributes
    ----------
    name
        Short name.
    phrases
        How it is told: "in a park", "at the park".
    region
        Where in the world it lies; places of different regions can be far apart.
    outdoors
        True or False; None where it can be either.
    members
        The regions that it contains, for a general place such as "in a house".
    """

    name: str
    phrases: tuple[str, ...]
    region: str
    outdoors: bool | None
    members: tuple[str, ...] = ()


def _in(name: str, region: str, outdoors: bool | None, *phrases: str) -> Place:
    return Place(name, phrases or (f"in a {name}", f"in the {name}"), region, outdoors)


_ALL = (
    _in("park", "green", True),
    _in("garden", "green", True),
    _in("yard", "green", True),
    _in("field", "green", True),
    _in("playground", "green", True, "at a playground", "on the playground"),
    _in("farm", "country", True, "on a farm", "on the farm"),
    _in("court", "green", None, "on a court", "on the court"),
    _in("golf course", "green", True, "on a golf course"),
    _in("ice rink", "sports", None, "on an ice rink", "at the ice rink"),
    _in("stadium", "sports", None),
    _in("stage", "stage", None, "on a stage", "on stage"),
    _in("beach", "water", True, "on the beach", "at the beach", "on a beach"),
    _in("lake", "water", True, "by a lake", "near a lake"),
    _in("river", "water", True, "by a river", "next to a river"),
    _in("street", "town", True, "on the street", "on a street", "on a city street"),
    _in("sidewalk", "town", True, "on the sidewalk", "on a sidewalk"),
    _in("square", "town", True, "in a town square", "in a square"),
    _in("market", "town", None, "at a market", "at the market"),
    _in("parking lot", "town", True),
    _in("bridge", "town", True, "on a bridge"),
    _in("bus stop", "town", True, "at a bus stop", "at the bus stop"),
    _in("station", "station", None, "at a train station", "at the station"),
    _in("forest", "wild", True, "in a forest", "in the forest", "in the woods"),
    _in("mountain", "wild", True, "in the mountains", "on a mountain"),
    _in("trail", "wild", True, "on a trail", "on a dirt trail"),
    _in("desert", "wild", True),
    _in("hill", "wild", True, "on a snowy hill", "on a hill covered with snow"),
    _in("porch", "porch", True, "on a porch", "on the porch"),
    _in("roof", "roof", True, "on a roof", "on the roof"),
    _in("kitchen", "house", False),
    _in("living room", "house", False),
    _in("bedroom", "house", False),
    _in("classroom", "school", False),
    _in("library", "library", False),
    _in("restaurant", "tables", False, "in a restaurant", "at a restaurant"),
    _in("cafe", "tables", False, "in a cafe", "at a cafe"),
    _in("bar", "tables", False, "in a bar", "at a bar"),
    _in("office", "office", False, "in an office", "in the office"),
    _in("gym", "gym", False, "in a gym", "at the gym"),
    _in("hospital", "hospital", False),
    _in("museum", "museum", False, "in a museum", "at a museum"),
    _in("garage", "garage", False),
    _in("studio", "studio", False),
    _in("church", "church", False),
    _in("supermarket", "store", False, "in a supermarket", "at the supermarket"),
    _in("store", "store", False),
    _in("barn", "barn", False),
    Place("outdoors", ("outdoors", "outside", "outside"), "", True),
    Place("indoors", ("indoors", "inside", "inside"), "", False),
    Place("near water", ("near the water", "by the water"), "", True, ("water",)),
    Place("in town", ("in a city", "in town", "in the city"), "", None, ("town",)),
    Place("in nature", ("in nature", "in the wilderness"), "", True, ("wild",)),
    Place("in a house", ("in a house", "at home"), "", False, ("house",)),
    Place("in a building", ("in a building", "inside a building"), "", False),
)
PLACES: dict[str, Place] = {place.name: place for place in _ALL}
"""Every place by its name."""

# Regions that can lie at the same spot: a lake in a forest, a park beside a street.
_NEIGHBOURS = frozenset(
    frozenset(pair)
    for pair in (
        ("water", "wild"), ("green", "wild"), ("green", "water"), ("green", "town"), ("country", "wild"),
        ("country", "green"), ("country", "water"), ("sports", "green"), ("sports", "town"), ("town", "station"),
        ("house", "porch"), ("green", "porch"), ("green", "roof"), ("town", "roof"), ("town", "porch"),
        ("country", "barn"), ("house", "studio"), ("garage", "studio"), ("house", "garage"), ("office", "studio"),
        ("stage", "church"), ("stage", "tables"), ("stage", "town"), ("stage", "green"), ("stage", "school"),
        ("sports", "gym"), ("school", "gym"), ("school", "library"), ("store", "town"), ("stage", "studio"),
        ("tables", "museum"), ("tables", "station"), ("store", "station"), ("office", "hospital"), ("country", "porch"),
        ("office", "library"), ("office", "store"), ("tables", "store"), ("stage", "sports"), ("water", "porch"),
        ("water", "roof"), ("wild", "porch"), ("wild", "roof"), ("country", "roof"), ("porch", "roof"),
        ("stage", "water"), ("sports", "stage"), ("sports", "station"), ("stage", "station"), ("green", "station"),
    )
)  # fmt: skip


@cache
def place_holds(claimed: str, stated: str) -> bool | None:
    """Whether who is at the place `stated` is at the place `claimed`: True, False, or None where it is open."""
    here, there = PLACES[stated], PLACES[claimed]
    if stated == claimed or here.region in there.members:
        return True
    if None not in (here.outdoors, there.outdoors):
        if here.outdoors != there.outdoors:
            return False
        if claimed in ("outdoors", "indoors", "in a building"):
            return True
    if not there.region:
        return None
    # Two rooms are two places; two spots of one meadow may be the same.
    if here.region == there.region:
        return False if here.region == "house" else None
    return None if {here.region, there.region} in _NEIGHBOURS else False


@dataclass(frozen=True)
class Weather:
    """A sky or an hour.

    Attributes
    ----------
    name
        Short name.
    phrases
        How it ends a sentence: "on a sunny day".
    statements
        How it makes one: "the sun is shining".
    excludes
        Names of what cannot be at the same time.
    outdoors
        Whether only who is outdoors would tell of it.
    """

    name: str
    phrases: tuple[str, ...]
    statements: tuple[str, ...]
    excludes: tuple[str, ...]
    outdoors: bool


_SKIES = (
    Weather("sunny", ("on a sunny day", "in the sun", "in the sunshine"), ("the sun is shining", "it is sunny"),
            ("rainy", "night", "snowy"), True),
    Weather("rainy", ("in the rain", "on a rainy day"), ("it is raining", "the weather is wet"), ("sunny",), True),
    Weather("snowy", ("in the falling snow", "in a snowstorm"), ("it is snowing",), ("sunny", "hot"), True),
    Weather("windy", ("on a windy day", "in the wind"), ("it is windy", "the wind is blowing"), (), True),
    Weather("cold", ("on a cold day", "on a chilly day"), ("it is cold",), ("hot",), True),
    Weather("hot", ("on a hot day", "on a hot summer day"), ("it is hot", "the weather is hot"),
            ("cold", "snowy"), True),
    Weather("night", ("at night", "at night"), ("it is dark", "it is night"), ("sunny", "morning"), False),
    Weather("morning", ("in the morning", "early in the morning"), ("it is morning",), ("night", "evening"), False),
    Weather("evening", ("in the evening",), ("it is evening",), ("morning",), False),
)  # fmt: skip
WEATHERS: dict[str, Weather] = {weather.name: weather for weather in _SKIES}
"""Every sky and hour by its name."""
