"""Deeds: who is seen at what and where, what is a way of doing what, and what cannot be done at once."""

from __future__ import annotations

from functools import cache

from compexp_widgets.demo.nli_world.kinds import KINDS
from compexp_widgets.demo.nli_world.places import PLACES
from compexp_widgets.demo.nli_world.things import THINGS
from compexp_widgets.demo.nli_world.verbs import VERBS

# What the body can do at the same time, or one as part of the other.
_TOGETHER = frozenset(
    frozenset(pair)
    for pair in (
        ("sport", "run"), ("sport", "jump"), ("sport", "walk"), ("sport", "stand"), ("run", "jump"), ("dance", "jump"),
        ("stretch", "stand"), ("stretch", "sit"), ("stretch", "lie"), ("boat", "sit"), ("drive", "sit"),
        ("ride", "sit"),
        ("swing", "sit"), ("slide", "sit"), ("dance", "stand"), ("ski", "jump"), ("snowboard", "jump"),
        ("ride", "jump"),
        ("sport", "stretch"), ("dance", "stretch"), ("jump", "swim"), ("surf", "stand"), ("snowboard", "stand"),
        ("sport", "skate"), ("sport", "swim"), ("slide", "lie"), ("walk", "dance"), ("swing", "stand"),
        ("ski", "stand"),
        ("sport", "ride"),
    )
)  # fmt: skip
_NO_REST = frozenset(("run", "jump", "climb", "swim", "sport", "dance", "ski", "ride"))


@cache
def verbs_above(name: str) -> tuple[str, ...]:
    """Every verb that `name` is a way of doing, nearest first, without itself."""
    found: list[str] = []
    for above in VERBS[name].above:
        found += [above, *verbs_above(above)]
    return tuple(dict.fromkeys(found))


@cache
def cannot_be_done_at_once(one: str, other: str) -> bool:
    """Whether nobody does both: asleep and awake, or both with the legs, the hands, the mouth or the eyes."""
    if one == other or one in verbs_above(other) or other in verbs_above(one):
        return False
    a, b = VERBS[one], VERBS[other]
    if a.asleep or b.asleep:
        awake = a if b.asleep else b
        return awake.legs not in ("lie", "sit") and awake.name != "rest"
    if "rest" in (one, other):
        return bool({a.legs, b.legs} & _NO_REST)
    if a.legs and b.legs and a.legs != b.legs:
        return {a.legs, b.legs} not in _TOGETHER
    # Two kinds of sport, two ways of preparing food: one game, one meal.
    related = (a.legs and a.legs == b.legs) or set(verbs_above(one)) & set(verbs_above(other))
    return not related and bool(set(a.busy) & set(b.busy))


@cache
def where_done(verb: str, thing: str | None) -> tuple[str, ...]:
    """The places where it is done, and where the thing is met; empty where no place need be told."""
    described = VERBS[verb]
    places = described.places
    if thing is not None:
        at_home = THINGS[thing]
        places = at_home.places or places
        if at_home.outdoors is not None:
            places = tuple(place for place in places if PLACES[place].outdoors in (at_home.outdoors, None))
    return places


@cache
def verbs_of(kind: str) -> tuple[str, ...]:
    """The verbs that somebody of this kind can be seen at, their trade apart."""
    described = KINDS[kind]
    groups = {kind, described.species}
    if described.species == "human":
        groups = {"person", {"young": "child", "grown": "adult"}.get(described.age, "")}
    return tuple(name for name, verb in VERBS.items() if groups & set(verb.doers))
