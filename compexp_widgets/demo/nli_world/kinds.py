"""Who there is in this world: kinds of people and animals, what they are besides, and which exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Kind:
    """One kind of person or animal.

    Attributes
    ----------
    name, plural
        What one is called, and several.
    above
        The kinds that it is a kind of, directly.
    species
        What nothing of another species can be; empty for `animal`, which leaves it open.
    sex
        ``"male"``, ``"female"``, or empty where it is open.
    age
        ``"young"``, ``"grown"``, or empty where it is open.
    trade
        Verbs of `deeds.VERBS` that this kind is seen at most of the time; empty for kinds that do anything.
    """

    name: str
    plural: str
    above: tuple[str, ...]
    species: str
    sex: str = ""
    age: str = ""
    trade: tuple[str, ...] = ()


def _trade(name: str, *verbs: str, plural: str = "", sex: str = "") -> Kind:
    return Kind(name, plural or name + "s", ("adult",), "human", sex, "grown", verbs)


_ALL = (
    Kind("person", "people", (), "human"),
    Kind("adult", "adults", ("person",), "human", age="grown"),
    Kind("child", "children", ("person",), "human", age="young"),
    Kind("man", "men", ("adult",), "human", "male", "grown"),
    Kind("woman", "women", ("adult",), "human", "female", "grown"),
    Kind("boy", "boys", ("child",), "human", "male", "young"),
    Kind("girl", "girls", ("child",), "human", "female", "young"),
    Kind("baby", "babies", ("person",), "human", age="young", trade=("crawl", "sleep", "play with", "sit", "cry")),
    Kind("teenager", "teenagers", ("person",), "human"),
    # Families and callings that no premise tells: what a hypothesis may only guess.
    Kind("father", "fathers", ("man",), "human", "male", "grown"),
    Kind("mother", "mothers", ("woman",), "human", "female", "grown"),
    Kind("grandfather", "grandfathers", ("man",), "human", "male", "grown"),
    Kind("grandmother", "grandmothers", ("woman",), "human", "female", "grown"),
    Kind("brother", "brothers", ("person",), "human", "male"),
    Kind("sister", "sisters", ("person",), "human", "female"),
    Kind("tourist", "tourists", ("person",), "human"),
    Kind("student", "students", ("person",), "human"),
    Kind("lawyer", "lawyers", ("adult",), "human", age="grown"),
    Kind("scientist", "scientists", ("adult",), "human", age="grown"),
    _trade("musician", "play music", "play music", "sing", "carry"),
    _trade("chef", "cook", "bake", "cut food", "cook", "taste"),
    _trade("farmer", "feed", "milk", "drive", "plant", "pick", "dig", "carry"),
    _trade("gardener", "water", "plant", "rake", "cut plants", "dig", "push"),
    _trade("worker", "build", "repair", "dig", "carry", "climb", "paint a thing", "push"),
    _trade("firefighter", "fight a fire", "climb", "wash", "carry", "drive"),
    _trade("policeman", "direct traffic", "guard", "ride", "talk", "write", plural="policemen", sex="male"),
    _trade("soldier", "march", "guard", "march", "carry", "climb"),
    _trade("doctor", "examine", "write", "talk", "read"),
    _trade("nurse", "examine", "write", "push", "feed"),
    _trade("waiter", "serve", "serve", "pour", "carry", sex="male"),
    _trade("teacher", "teach", "read", "write", "talk"),
    _trade("mechanic", "repair", "repair", "clean", "wash"),
    _trade("fisherman", "fish", "row", "fish", "repair", plural="fishermen", sex="male"),
    _trade("artist", "draw", "paint", "paint", "look at"),
    _trade("photographer", "photograph", "photograph", "look at", "climb"),
    _trade("dancer", "dance", "dance", "stretch", "jump"),
    _trade("clown", "juggle", "juggle", "ride", "blow", "dance"),
    Kind("animal", "animals", (), ""),
    Kind("dog", "dogs", ("animal",), "dog"),
    Kind("puppy", "puppies", ("dog",), "dog", age="young"),
    Kind("cat", "cats", ("animal",), "cat"),
    Kind("kitten", "kittens", ("cat",), "cat", age="young"),
    Kind("horse", "horses", ("animal",), "horse"),
    Kind("cow", "cows", ("animal",), "cow"),
    Kind("goat", "goats", ("animal",), "goat"),
    Kind("sheep", "sheep", ("animal",), "sheep"),
    Kind("bird", "birds", ("animal",), "bird"),
    Kind("duck", "ducks", ("bird",), "bird"),
    Kind("monkey", "monkeys", ("animal",), "monkey"),
    Kind("elephant", "elephants", ("animal",), "elephant"),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""


@cache
def kinds_above(name: str) -> tuple[str, ...]:
    """Every kind that `name` is a kind of, nearest first, without itself."""
    found: list[str] = []
    for above in KINDS[name].above:
        found += [above, *kinds_above(above)]
    return tuple(dict.fromkeys(found))


@cache
def exclude_each_other(one: str, other: str) -> bool:
    """Whether nothing can be of both kinds: another species, sex or age. Two callings can be one person's."""
    a, b = KINDS[one], KINDS[other]
    if not (a.species and b.species):
        return "human" in (a.species, b.species)
    if a.species != b.species:
        return True
    return bool(a.sex and b.sex and a.sex != b.sex) or bool(a.age and b.age and a.age != b.age)


@cache
def is_human(name: str) -> bool:
    """Whether this kind is a kind of people."""
    return KINDS[name].species == "human"
