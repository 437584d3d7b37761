"""Hypotheses that may be true: something of the scene, and something that it leaves open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from compexp_widgets.demo.nli_world.additions import (
    BEFORE_THINGS,
    DENIED_PREDICATES,
    RELATIONS,
    added,
    predicates_of,
    purposes_of,
    qualities_of,
)
from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.deeds import where_done
from compexp_widgets.demo.nli_world.entailments import can_be_passive, general_deed, general_kind, plain, plain_deed
from compexp_widgets.demo.nli_world.hypotheses import Idea
from compexp_widgets.demo.nli_world.kinds import KINDS, is_human
from compexp_widgets.demo.nli_world.looks import COLOURS, GARMENTS
from compexp_widgets.demo.nli_world.meaning import Claim, Scene, Somebody
from compexp_widgets.demo.nli_world.places import PLACES
from compexp_widgets.demo.nli_world.things import THINGS, things_above
from compexp_widgets.demo.nli_world.verbs import VERBS


def _true_part(scene: Scene, chance: Chance) -> Somebody:
    """Who and what they do, told truly; the last deed only."""
    deed = scene.main.deeds[-1]
    who = general_kind(scene.main, chance) if chance.coin(0.1) else plain(scene.main, chance)
    return replace(who, deeds=(general_deed(deed, chance) if chance.coin(0.2) else plain_deed(deed),))


def _with_addition(
    operation: str,
    scene: Scene,
    who: Somebody,
    position: str,
    texts: Sequence[str],
    chance: Chance,
    place: str | None = None,
) -> Idea | None:
    """One of `texts` said of `who`, unless the premise says it."""
    additions = [added(position, text, who) for text in texts]
    told = scene.addition and {scene.addition.text, added(position, scene.addition.text, who).text}
    additions = [addition for addition in additions if not told or addition.text not in told]
    if not additions:
        return None
    claim = Claim(who, place, addition=chance.pick(additions))
    passive = position == "end" and can_be_passive(who.deeds[-1]) and chance.coin(0.12)
    return Idea(operation, claim, "passive" if passive else "statement")


def _purpose(scene: Scene, chance: Chance) -> Idea | None:
    who = _true_part(scene, chance)
    purposes = purposes_of(replace(who, deeds=scene.main.deeds))
    place = scene.place if scene.place and chance.coin(0.15) else None
    return _with_addition("purpose", scene, who, "end", purposes, chance, place)


def _quality(scene: Scene, chance: Chance) -> Idea | None:
    who = _true_part(scene, chance)
    texts = qualities_of(scene.main.kind)
    return _with_addition("quality", scene, who, "kind", texts, chance)


def _quality_of_thing(scene: Scene, chance: Chance) -> Idea | None:
    who = _true_part(scene, chance)
    thing = who.deeds[-1].thing
    if thing is None or who.number != 1 or THINGS[thing].plural or VERBS[who.deeds[-1].verb].topic in _PLAIN_TOPICS:
        return None
    known = {thing, *things_above(thing)}
    texts = next((texts for name, texts in BEFORE_THINGS.items() if name in known), ())
    if "a" not in THINGS[thing].articles and "{his}" not in "".join(texts):
        return None
    if not texts or thing in ("something", "ground", "sand", "mud", "grass", "song", "hole", "snow"):
        return None
    return Idea("quality of a thing", Claim(who, addition=added("thing", chance.pick(texts), who)))


_PLAIN_TOPICS = frozenset(("sit", "rest", "jump", "water", "wait", "climb"))


def _predicate(scene: Scene, chance: Chance) -> Idea | None:
    if scene.main.kind == "baby":
        return None
    who = general_kind(scene.main, chance) if chance.coin(0.1) else plain(scene.main, chance)
    return Idea("something else", Claim(who, addition=added("predicate", chance.pick(predicates_of(scene.main)), who)))


def _relation(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.number == 1 or not is_human(main.kind):
        return None
    who = general_kind(main, chance) if chance.coin(0.3) else plain(main, chance)
    relation = chance.pick(RELATIONS[KINDS[who.kind].sex])
    return Idea("relation", Claim(who, addition=added("predicate", "{be} " + relation, who)))


def _place(scene: Scene, chance: Chance) -> Idea | None:
    """A place where it may well happen, of which the premise says nothing."""
    deed = scene.main.deeds[-1]
    if scene.place is not None or any(d.thing and THINGS[d.thing].outdoors is not None for d in scene.main.deeds):
        return None
    places = [name for name in where_done(deed.verb, deed.thing) if PLACES[name].outdoors is not None]
    if not places or VERBS[deed.verb].outdoors is not None:
        places = [name for name in places if name != deed.thing]
    if not places:
        return None
    place = chance.pick(places)
    if chance.coin(0.2) and VERBS[deed.verb].outdoors is None:
        place = "outdoors" if PLACES[place].outdoors else "indoors"
    return Idea("place", Claim(_true_part(scene, chance), place))


def _weather(scene: Scene, chance: Chance) -> Idea | None:
    if scene.weather is not None or (scene.place is not None and PLACES[scene.place].outdoors is False):
        return None
    return Idea(
        "weather", Claim(_true_part(scene, chance), weather=chance.pick(("sunny", "morning", "evening", "cold")))
    )


def _clothes(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.garment is not None or not is_human(main.kind) or main.kind == "baby":
        return None
    if VERBS[main.deeds[-1].verb].topic in ("water", "rest"):
        return None
    fitting = [name for name, garment in GARMENTS.items() if garment.sex in ("", KINDS[main.kind].sex)]
    fitting = [name for name in fitting if name not in ("helmet", "suit", "tie", "uniform", "costume")]
    colour = chance.pick(COLOURS) if chance.coin(0.7) else None
    who = replace(plain(main, chance), garment=chance.pick(fitting), garment_colour=colour)
    if chance.coin(0.6):
        return Idea("clothes", Claim(who), "wearing")
    return Idea("clothes", Claim(replace(who, deeds=(plain_deed(main.deeds[-1]),))))


def _closer(scene: Scene, chance: Chance) -> Idea | None:
    """A narrower kind than the premise tells: a father for a man."""
    main = scene.main
    choices = {
        "man": ("father", "grandfather", "brother", "tourist", "teacher", "lawyer", "scientist"),
        "woman": ("mother", "grandmother", "sister", "tourist", "teacher", "lawyer", "scientist"),
        "boy": ("brother", "student"),
        "girl": ("sister", "student"),
        "child": ("boy", "girl", "student"),
        "person": ("man", "woman", "tourist", "student"),
        "teenager": ("boy", "girl", "student"),
        "bird": ("duck",),
    }.get(main.kind)
    if choices is None or main.age is not None:
        return None
    if main.number == 1:
        choices = tuple(name for name in choices if name not in ("brother", "sister"))
    who = Somebody(chance.pick(choices), main.number, deeds=(plain_deed(main.deeds[-1]),))
    return Idea("closer kind", Claim(who))


def _mood(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.mood is not None or VERBS[main.deeds[-1].verb].name in ("laugh", "cry", "sleep") or main.kind == "baby":
        return None
    mood = "sad" if chance.coin(0.75) else "happy"
    return Idea("mood", Claim(replace(plain(main, chance), mood=mood)), "mood")


def _age(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.age is not None or main.kind not in ("man", "woman", "person"):
        return None
    return Idea("age", Claim(replace(_true_part(scene, chance), kind=main.kind, age=chance.pick(("old", "young")))))


def _copy(scene: Scene, chance: Chance) -> Idea | None:
    """The whole premise in its own words, and a purpose."""
    purposes = purposes_of(scene.main)
    if not purposes or scene.weather is not None or scene.addition is not None:
        return None
    claim = Claim(scene.main, scene.place, addition=added("end", chance.pick(purposes), scene.main))
    return Idea("premise and purpose", claim, loyal=True)


def _denied(scene: Scene, chance: Chance) -> Idea | None:
    """The rare open denial."""
    if not is_human(scene.main.kind) or KINDS[scene.main.kind].age == "young":
        return None
    who = plain(scene.main, chance)
    claim = Claim(who, addition=added("predicate", chance.pick(DENIED_PREDICATES), who), denied=True, definite=True)
    return Idea("open denial", claim)


NEUTRALS: tuple[tuple[Callable[[Scene, Chance], Idea | None], float], ...] = (
    (_purpose, 9.0),
    (_quality, 3.5),
    (_quality_of_thing, 4.5),
    (_predicate, 4.5),
    (_relation, 5.0),
    (_place, 2.2),
    (_weather, 0.8),
    (_clothes, 1.6),
    (_closer, 1.8),
    (_mood, 1.8),
    (_age, 1.5),
    (_copy, 1.2),
    (_denied, 0.7),
)
"""The ways to a neutral hypothesis, as often as their numbers say."""
