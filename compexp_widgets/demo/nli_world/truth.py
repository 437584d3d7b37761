"""What a scene says of a claim: true, false or open. It knows nothing of how claims are made."""

from __future__ import annotations

from collections.abc import Iterable

from compexp_widgets.demo.nli_world.deeds import cannot_be_done_at_once, verbs_above
from compexp_widgets.demo.nli_world.kinds import KINDS, exclude_each_other, kinds_above
from compexp_widgets.demo.nli_world.looks import FEATURES_THAT_EXCLUDE
from compexp_widgets.demo.nli_world.meaning import MANY, PLURAL, Claim, Deed, Scene, Somebody
from compexp_widgets.demo.nli_world.places import PLACES, WEATHERS, place_holds
from compexp_widgets.demo.nli_world.things import THINGS, things_above
from compexp_widgets.demo.nli_world.verbs import VERBS


def judge(scene: Scene, claim: Claim) -> str:
    """The label of a hypothesis: ``"entailment"``, ``"neutral"`` or ``"contradiction"``.

    Claim and scene speak of the same moment and the same people, as the annotators of SNLI were told to assume (Bowman
    et al. 2015, section 2). A claim is true when all of it is true of one of those who are there, false when
    something of it is false of each of them, and open otherwise.

    >>> judge(Scene(Somebody("man", deeds=(Deed("run"),))), Claim(Somebody("person", deeds=(Deed("sleep"),))))
    'contradiction'
    """
    if claim.who is None:
        answer = _all([_weather(claim.weather, scene), _thing(claim, scene), _added(claim, scene)])
    else:
        present = [scene.main] if scene.company is None else [scene.main, scene.company]
        if claim.definite and claim.denied:
            # "The man is not asleep" is about the man, whoever else may be awake.
            present = [one for one in present if _same_ones(claim.who, one) is not False]
        answers = [_of(claim, one, scene) for one in present]
        answer = True if True in answers else False if all(one is False for one in answers) else None
    if claim.denied:
        if answer is False and not claim.definite:
            return "neutral"  # others than those whom the premise tells of may be there
        answer = None if answer is None else not answer
    return {True: "entailment", False: "contradiction", None: "neutral"}[answer]


def _all(answers: Iterable[bool | None]) -> bool | None:
    answers = list(answers)
    return False if False in answers else None if None in answers else True


def _of(claim: Claim, one: Somebody, scene: Scene) -> bool | None:
    """Whether the claim is true of `one`."""
    who = claim.who
    assert who is not None
    return _all(
        [
            _same_ones(who, one),
            _clothes(who, one),
            _feature(who.feature, one),
            _equal(who.mood, one.mood),
            *(_deed(deed, one) for deed in who.deeds),
            _place(claim.place, one, scene),
            _weather(claim.weather, scene),
            _thing(claim, scene),
            _alone(claim.alone, one, scene),
            _added(claim, scene),
        ]
    )


def _added(claim: Claim, scene: Scene) -> bool | None:
    return True if claim.addition is None or claim.addition == scene.addition else None


def _equal(claimed: str | None, stated: str | None) -> bool | None:
    if claimed is None:
        return True
    return None if stated is None else claimed == stated


def _same_ones(who: Somebody, one: Somebody) -> bool | None:
    return _all(
        [_kind(who.kind, one.kind), _number(who.number, one.number), _age(who, one), _equal(who.colour, one.colour)]
    )


def _kind(claimed: str, stated: str) -> bool | None:
    if claimed == stated or claimed in kinds_above(stated):
        return True
    return False if exclude_each_other(claimed, stated) else None


def _number(claimed: int, stated: int) -> bool | None:
    if claimed == PLURAL:
        return stated != 1
    if MANY in (claimed, stated):
        if claimed == stated:
            return True
        if claimed == MANY:
            return stated > 2
        return None if claimed > 2 else False
    return claimed == stated


def _age(who: Somebody, one: Somebody) -> bool | None:
    stated = one.age or ("young" if KINDS[one.kind].age == "young" else None)
    return _equal(who.age, stated)


def _clothes(who: Somebody, one: Somebody) -> bool | None:
    if who.garment is None:
        return True
    if who.garment != one.garment:
        return None
    return _equal(who.garment_colour, one.garment_colour)


def _feature(claimed: str | None, one: Somebody) -> bool | None:
    if claimed is None or claimed == one.feature:
        return True
    if one.feature is not None and frozenset((claimed, one.feature)) in FEATURES_THAT_EXCLUDE:
        return False
    return None


def _deed(claimed: Deed, one: Somebody) -> bool | None:
    """True when one of the deeds is a way of doing what is claimed, false when one of them leaves no room for it."""
    answers = [_one_deed(claimed, stated) for stated in one.deeds]
    return True if True in answers else False if False in answers else None


def _one_deed(claimed: Deed, stated: Deed) -> bool | None:
    if cannot_be_done_at_once(claimed.verb, stated.verb):
        return False
    if claimed.verb != stated.verb and claimed.verb not in verbs_above(stated.verb):
        return None
    return _all([_same_thing(claimed.thing, stated), _equal(claimed.colour, stated.colour)])


def _same_thing(claimed: str | None, stated: Deed) -> bool | None:
    if claimed is None or claimed == stated.thing:
        return True
    if stated.thing is None:
        return None
    if claimed in things_above(stated.thing):
        return True
    if stated.thing in things_above(claimed):
        return None
    # Hands, eyes and seats hold one thing at a time; who walks or paints may do it with two.
    return False


def _place(claimed: str | None, one: Somebody, scene: Scene) -> bool | None:
    if claimed is None:
        return True
    if scene.place is not None:
        return place_holds(claimed, scene.place)
    return _general_place(claimed, one)


def _general_place(claimed: str, one: Somebody) -> bool | None:
    """What deeds and things alone tell of the place: who skis is outdoors."""
    known = {VERBS[deed.verb].outdoors for deed in one.deeds}
    known |= {
        THINGS[deed.thing].outdoors for deed in one.deeds if deed.thing and VERBS[deed.verb].topic in _ON_THE_SPOT
    }
    outdoors = True if True in known else False if False in known else None
    place = PLACES[claimed]
    if outdoors is None or place.outdoors is None:
        return None
    if outdoors != place.outdoors:
        return False
    return True if claimed in ("outdoors", "indoors", "in a building") else None


# Deeds that are done where the thing is: who sits on a couch is where the couch is.
_ON_THE_SPOT = frozenset({"sit", "rest", "jump", "climb"})


def _weather(claimed: str | None, scene: Scene) -> bool | None:
    if claimed is None or claimed == scene.weather:
        return True
    if scene.weather is not None and scene.weather in WEATHERS[claimed].excludes:
        return False
    return None


def _thing(claim: Claim, scene: Scene) -> bool | None:
    """Whether such a thing is in use, in such a colour."""
    if claim.thing is None:
        return True
    present = [scene.main] if scene.company is None else [scene.main, scene.company]
    answers = [
        _all([_same_thing(claim.thing, deed), _equal(claim.thing_colour, deed.colour)])
        for one in present
        for deed in one.deeds
        if deed.thing is not None
    ]
    known = [answer for answer in answers if answer is not False]
    if True in known:
        return True
    same_kind = [deed.thing == claim.thing for one in present for deed in one.deeds]
    # Another thing may be there besides; the same thing in another colour is the same thing wrongly told.
    return False if any(same_kind) and not known else None


def _alone(claimed: bool, one: Somebody, scene: Scene) -> bool | None:
    if not claimed:
        return True
    return False if scene.company is not None or one.number != 1 else None
