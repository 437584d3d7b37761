"""The things of this world: what they are kinds of, how they are named, and where they are at home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Thing:
    """Something that is held, eaten, ridden, sat upon and the like.

    Attributes
    ----------
    name
        What it is called.
    above
        The things that it is a kind of.
    articles
        The articles it takes when it is first spoken of, "" for none.
    plural
        Whether its verb is plural: "the drums are being played".
    coloured
        Whether it comes in colours.
    places
        Names or groups of `places.PLACES` where it is met, when these are fewer than those of what is done with it.
    outdoors
        Whether it is found outdoors only (True), indoors only (False), or anywhere (None).
    """

    name: str
    above: tuple[str, ...] = ()
    articles: tuple[str, ...] = ("a",)
    plural: bool = False
    coloured: bool = False
    places: tuple[str, ...] = ()
    outdoors: bool | None = None


THINGS: dict[str, Thing] = {}
"""Every thing by its name."""


def _things(
    names: str,
    above: str = "",
    articles: tuple[str, ...] = ("a",),
    *,
    plural: bool = False,
    coloured: bool = False,
    places: tuple[str, ...] = (),
    outdoors: bool | None = None,
) -> None:
    kinds = tuple(above.split(", ")) if above else ()
    for name in names.split(", "):
        THINGS[name] = Thing(name, kinds, articles, plural, coloured, places, outdoors)


_GREEN = ("park", "garden", "yard", "field", "forest", "trail", "lake", "river", "beach", "mountain")
_THE, _NONE, _SOME = ("the",), ("",), ("some", "")

_things("something", articles=_NONE)
_things("instrument", "something")
_things("guitar, violin, flute, trumpet, accordion, cello, harmonica, saxophone", "instrument", ("a", "the", "a"))
_things("piano", "instrument", ("a", "the"), places=("living room", "bar", "stage", "church", "studio"))
_things("drums", "instrument", ("the", ""), plural=True)
_things("song", "something")
_things("game", articles=("a",))
_things("sport", "game", ("a",))
_things("soccer, football, baseball", "sport, game", _NONE, places=("field", "park", "stadium"))
_things("basketball, tennis", "sport, game", _NONE, places=("court", "gym"))
_things("volleyball", "sport, game", _NONE, places=("beach", "court", "gym"))
_things("golf", "sport, game", _NONE, places=("golf course",), outdoors=True)
_things("hockey", "sport, game", _NONE, places=("ice rink",))
_things("chess, checkers, cards", "game", _NONE, places=("living room", "park", "cafe", "porch"))
_things("toy", "something", ("a",), coloured=True)
_things("doll, toy train, teddy bear", "toy", ("a",))
_things("blocks", "something", ("wooden", "colorful"), plural=True)
_things("puzzle", "toy", ("a",))

_things("book, newspaper, magazine, comic", "something", ("a",))
_things("letter, note, story, poem, report", "something", ("a",))
_things("menu", "something", ("a", "the"), places=("restaurant", "cafe", "bar"))
_things("map", "something", ("a",))
_things("picture, portrait, landscape", "something", ("a",))

_things("food", "something", _NONE)
_things("fruit", "food, something", _SOME)
_things("sandwich, pizza, hot dog, burger, salad, cookie, donut", "food, something", ("a",))
_things("cake, pie", "food, something", ("a",))
_things("popcorn, spaghetti, rice, chocolate", "food, something", _SOME)
_things("bread, meat, chicken, fish, soup, pasta", "food, something", _SOME)
_things("eggs, pancakes, vegetables, noodles", "food, something", _SOME, plural=True)
_things("ice cream", "food, something", ("", "some", "an"))
_things("dinner, breakfast", "food, something", _NONE)
_things("apple, banana, peach", "fruit, food, something", ("a",))
_things("watermelon", "fruit, food, something", ("a", "some"))
_things("apples, oranges, cherries, grapes", "fruit, food, something", _SOME, plural=True)
_things("strawberries", "fruit, food, something", _SOME, plural=True)
_things("drink", "something", ("a",))
_things("coffee, tea, juice, milk, lemonade, water, wine", "drink, something", _SOME)

_things("box, bag, basket, suitcase", "something", ("a",), coloured=True)
_things("bucket, balloon, umbrella, flag", "something", ("a",), coloured=True)
_things("kite", "toy, something", ("a",), coloured=True, outdoors=True)
_things("sign, camera, candle, trophy, ladder, backpack", "something", ("a",))
_things("surfboard", "something", ("a",), coloured=True, places=("beach",), outdoors=True)
_things("flower", "something", ("a",), coloured=True)
_things("stroller, cart", "something", ("a",), coloured=True)
_things("lawn mower, wheelbarrow", "something", ("a",), places=("yard", "garden"), outdoors=True)
_things("shopping cart", "cart, something", ("a",), places=("supermarket", "parking lot"))
_things("wagon, sled", "something", ("a",), coloured=True, outdoors=True)
_things("ball, frisbee", "toy, something", ("a",), coloured=True)
_things("snowball", "something", ("a",), places=("hill", "yard"), outdoors=True)
_things("stick", "something", ("a",))
_things("rock", "something", ("a",), places=_GREEN, outdoors=True)
_things("bone, slipper", "something", ("a",))

_things("vehicle", "something", ("a",))
_things("bicycle, motorcycle, scooter", "vehicle, something", ("a",), coloured=True)
_things("skateboard, unicycle", "something", ("a",))
_things("car, truck, bus, tractor, taxi", "vehicle, something", ("a",), coloured=True)
_things("boat", "something", ("a",), coloured=True)
_things("canoe, raft", "boat, something", ("a",), coloured=True)
_things("train", "vehicle, something", ("a", "the"))

_things("roof", "something", ("a", "the"), places=("farm", "yard"))
_things("engine", "something", ("a", "the"), places=("garage",))
_things("clock, computer, radio", "something", ("a", "the"), places=("office", "living room"))
_things("sink", "something", ("a", "the"), places=("kitchen",))
_things("fence, wall, door, gate", "something", ("a", "the"), coloured=True)
_things("window, floor, table", "something", ("a", "the"))
_things("dishes", "something", ("the", "some"), plural=True)
_things("chair, bookshelf", "something", ("a",), coloured=True)
_things("house, shed, tower", "something", ("a",))
_things("sandcastle", "something", ("a",), places=("beach",), outdoors=True)
_things("snowman", "something", ("a",), places=("hill", "yard"), outdoors=True)
_things("tree", "something", ("a",), outdoors=True)
_things("mountain, cliff", "something", ("a",), places=("mountain",), outdoors=True)
_things("hole", "something", ("a",))
_things("wood", "something", _SOME)
_things("grass, hedge, bushes", "something", _THE, outdoors=True)
_things("flowers, plants", "something", ("the", "some"), plural=True)
_things("berries", "fruit, food, something", _SOME, plural=True)
_things("leaves", "something", ("the", "some"), plural=True, outdoors=True)
_things("snow", "something", ("the", "some"), places=("yard", "street"), outdoors=True)
_things("hay", "food, something", _SOME)

_things("dog, cat, horse, cow, goat, rabbit, squirrel, pony, camel", "animal, something", ("a",))
_things("animal", "something", ("an",))
_things("birds, ducks, chickens, pigeons", "something", ("the", "some"), plural=True)
_things("baby, patient", "something", ("a",))
_things("newspapers, souvenirs, toys, books, hats", "something", ("",), plural=True)
_things("clothes, shoes, groceries, gifts", "something", ("", "some"), plural=True)
_things("shirt, dress, scarf, sweater", "something", ("a",), coloured=True)
_things("statue, monument", "something", ("a", "the"))
_things("painting", "something", ("a", "the"), places=("museum",), outdoors=False)
_things("sunset", "something", ("a", "the"), places=("beach", "bridge", "mountain", "porch"), outdoors=True)
_things("phone, laptop", "something", ("a",))
_things("microphone", "something", ("a",))
_things("television, movie, parade, show, fireworks", "something", ("a",))
THINGS["television"] = Thing("television", ("something",), _NONE, outdoors=False)
THINGS["movie"] = Thing("movie", ("something",), ("a",), outdoors=False)
THINGS["parade"] = Thing("parade", ("something",), ("a", "the"), places=("street", "square"), outdoors=True)
THINGS["fireworks"] = Thing("fireworks", ("something",), ("", "the"), plural=True, outdoors=True)
_things("bench", "something", ("a",), outdoors=True)
_things("hammock", "something", ("a",), places=("garden", "yard", "beach", "porch"), outdoors=True)
_things("log", "something", ("a",), places=_GREEN, outdoors=True)
_things("couch, bed, carpet", "something", ("a", "the"), outdoors=False)
_things("blanket, stool", "something", ("a",))
_things("steps", "something", ("the", "some"), plural=True)
_things("ground", "something", _THE)
_things("sand", "something", _THE, places=("beach", "desert"), outdoors=True)
_things("pool", "something", ("a", "the"))
_things("lake, river", "something", ("a", "the"), places=("lake", "river"), outdoors=True)
_things("ocean", "something", _THE, places=("beach",), outdoors=True)
_things("puddle, hurdle, rope, stream, field", "something", ("a",), outdoors=True)
_things("mud", "something", _THE, outdoors=True)
_things("weights", "something", ("", "heavy"), plural=True, outdoors=False)
_things("bubbles", "something", _NONE, plural=True)
_things("whistle", "something", ("a",))
_things("pins, torches", "something", ("", "some"), plural=True)
_things("gift", "something", ("a",))
_things("students", "something", ("some", "the"), plural=True)
_things("traffic", "something", _NONE)
_things("swing, slide", "something", ("a",), places=("playground", "yard"), outdoors=True)


@cache
def things_above(name: str) -> tuple[str, ...]:
    """Every thing that `name` is a kind of, nearest first, without itself."""
    found: list[str] = []
    for above in THINGS[name].above:
        found += [above, *things_above(above)]
    return tuple(dict.fromkeys(found))
