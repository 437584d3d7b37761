"""Hypotheses that follow from a scene: less of it, or the same in more general terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.deeds import verbs_above
from compexp_widgets.demo.nli_world.hypotheses import Idea
from compexp_widgets.demo.nli_world.kinds import kinds_above
from compexp_widgets.demo.nli_world.meaning import MANY, PLURAL, Claim, Deed, Scene, Somebody
from compexp_widgets.demo.nli_world.places import PLACES
from compexp_widgets.demo.nli_world.things import THINGS, things_above
from compexp_widgets.demo.nli_world.verbs import VERBS

# Said of things, these are too odd to be read: "drinking something" is not, "playing something" is.
_SOMETHING = frozenset(
    ("carry", "hold", "throw", "push", "pull", "repair", "build", "wash", "clean", "eat", "drink", "read")
)


def general_kind(one: Somebody, chance: Chance) -> Somebody:
    """The same ones with a more general noun and no looks: "people" for "three young women in hats"."""
    above = kinds_above(one.kind)
    kind = (above[-1] if chance.coin(0.8) else chance.pick(above)) if above else one.kind
    number = one.number
    if number != 1 and chance.coin(0.6):
        number = PLURAL
    return Somebody(kind, number)


def plain(one: Somebody, chance: Chance) -> Somebody:
    """The same ones without their looks."""
    return Somebody(one.kind, PLURAL if one.number == MANY and chance.coin(0.3) else one.number)


def general_deed(deed: Deed, chance: Chance) -> Deed:
    """The same deed, or a more general one: "eating fruit", "playing an instrument"."""
    verb = VERBS[deed.verb]
    wider = [name for name in verbs_above(deed.verb) if VERBS[name].bare]
    if wider and chance.coin(0.3):
        return Deed(chance.pick(wider))
    if deed.thing is None:
        return deed
    kinds = [name for name in things_above(deed.thing) if name != "something" or verb.phrase in _SOMETHING]
    kinds = [name for name in kinds if name != verb.phrase]  # "drinking a drink"
    if kinds and chance.coin(0.55):
        return Deed(deed.verb, kinds[0] if chance.coin(0.75) else chance.pick(kinds))
    if verb.bare and chance.coin(0.5):
        return Deed(deed.verb)
    return Deed(deed.verb, deed.thing)


def can_be_passive(deed: Deed) -> bool:
    """Whether its thing can be the subject: "a guitar is being played"."""
    return deed.thing not in (None, "something") and VERBS[deed.verb].passive


def plain_deed(deed: Deed) -> Deed:
    """The deed without the colour of its thing."""
    return Deed(deed.verb, deed.thing)


def general_place(scene: Scene) -> list[str]:
    """Names of more general places that the scene lies in for certain."""
    found = []
    if scene.place is not None:
        place = PLACES[scene.place]
        if place.outdoors is not None:
            found.append("outdoors" if place.outdoors else "indoors")
        found += [name for name, wider in PLACES.items() if place.region in wider.members]
    elif any(VERBS[deed.verb].outdoors for deed in scene.main.deeds):
        found.append("outdoors")
    return found


def _generalise(scene: Scene, chance: Chance) -> Idea | None:
    who = general_kind(scene.main, chance) if chance.coin(0.8) else plain(scene.main, chance)
    deed = scene.main.deeds[0] if chance.coin(0.15) else scene.main.deeds[-1]
    places = general_place(scene)
    place = None
    if places and chance.coin(0.3):
        place = chance.pick(places)
    elif scene.place and chance.coin(0.15):
        place = scene.place
    return Idea("generalise", Claim(replace(who, deeds=(general_deed(deed, chance),)), place))


def _drop(scene: Scene, chance: Chance) -> Idea | None:
    """The premise without some of its details, in its own words."""
    main = scene.main
    details = ["garment", "mood", "feature", "colour", "age", "place", "weather", "deeds", "thing"]
    told = {
        "garment": main.garment, "mood": main.mood, "feature": main.feature, "colour": main.colour, "age": main.age,
        "place": scene.place, "weather": scene.weather, "deeds": len(main.deeds) > 1 or None,
        "thing": main.deeds[-1].colour,
    }  # fmt: skip
    present = [name for name in details if told[name]]
    if not present and scene.company is None:
        return None
    left_out = set(chance.shuffled(present)[: 1 if chance.coin(0.6) else 2]) if scene.company is None else set()
    if scene.company is not None and present and chance.coin(0.5):
        left_out = {chance.pick(present)}
    changes: dict[str, None] = {name: None for name in ("mood", "feature", "colour", "age") if name in left_out}
    who = replace(main, **changes)  # type: ignore[arg-type]
    if "garment" in left_out:
        who = replace(who, garment=None, garment_colour=None)
    if "deeds" in left_out:
        who = replace(who, deeds=(chance.pick(main.deeds),))
    if "thing" in left_out:
        who = replace(who, deeds=(*who.deeds[:-1], plain_deed(who.deeds[-1])))
    place = None if "place" in left_out else scene.place
    weather = None if "weather" in left_out else scene.weather
    form = "there" if chance.coin(0.1) else "statement"
    return Idea("drop a detail", Claim(who, place, weather), form, loyal=True)


def _where(scene: Scene, chance: Chance) -> Idea | None:
    places = general_place(scene)
    if not places:
        return None
    who = general_kind(scene.main, chance) if chance.coin(0.75) else plain(scene.main, chance)
    place = "outdoors" if "outdoors" in places and chance.coin(0.7) else chance.pick(places)
    return Idea("general place", Claim(who, place), "there" if chance.coin(0.2) else "statement")


def _there_is(scene: Scene, chance: Chance) -> Idea | None:
    who = general_kind(scene.main, chance) if chance.coin(0.5) else plain(scene.main, chance)
    place = scene.place if scene.place and chance.coin(0.6) else None
    return Idea("there is", Claim(who, place), "there")


def _wearing(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.garment is None:
        return None
    who = general_kind(main, chance) if chance.coin(0.5) else plain(main, chance)
    colour = main.garment_colour if chance.coin(0.6) else None
    return Idea("clothes", Claim(replace(who, garment=main.garment, garment_colour=colour)), "wearing")


def _passive(scene: Scene, chance: Chance) -> Idea | None:
    deed = scene.main.deeds[-1]
    if deed.thing is None or not can_be_passive(deed):
        return None
    kinds = [name for name in things_above(deed.thing) if name not in ("something", "animal")]
    thing = kinds[0] if kinds and chance.coin(0.3) else deed.thing
    who = Somebody("person") if chance.coin(0.4) else plain(scene.main, chance)
    if who == Somebody("person") and scene.main.number != 1:
        who = Somebody("person", PLURAL)
    if "person" not in (scene.main.kind, *kinds_above(scene.main.kind)):
        who = plain(scene.main, chance)
    return Idea("passive", Claim(replace(who, deeds=(Deed(deed.verb, thing),))), "passive")


def _mood(scene: Scene, chance: Chance) -> Idea | None:
    if scene.main.mood is None:
        return None
    return Idea("mood", Claim(replace(plain(scene.main, chance), mood=scene.main.mood)), "mood")


def _not_asleep(scene: Scene, chance: Chance) -> Idea | None:
    """The rare true denial: who runs is not asleep."""
    verb = VERBS[scene.main.deeds[-1].verb]
    if verb.asleep:
        who, deed = plain(scene.main, chance), chance.pick((Deed("run"), Deed("walk")))
    elif verb.legs in ("run", "walk", "jump", "climb", "ride", "dance", "sport", "ski"):
        who, deed = plain(scene.main, chance), Deed("sleep")
    else:
        return None
    return Idea("true denial", Claim(replace(who, deeds=(deed,)), denied=True, definite=True))


def _company(scene: Scene, chance: Chance) -> Idea | None:
    company = scene.company
    if company is None:
        return None
    number = PLURAL if company.number == MANY else company.number
    who = Somebody(company.kind, number)
    if company.deeds and chance.coin(0.6):
        return Idea("company", Claim(replace(who, deeds=company.deeds)))
    return Idea("company", Claim(who, scene.place if scene.place and chance.coin(0.3) else None), "there")


def _thing(scene: Scene, chance: Chance) -> Idea | None:
    deed = scene.main.deeds[-1]
    if (
        deed.thing is None
        or THINGS[deed.thing].articles[0] in ("", "the")
        or scene.main.number != 1
        or deed.verb in ("draw", "paint")
    ):
        return None
    return Idea("thing", Claim(thing=deed.thing, thing_colour=deed.colour if chance.coin(0.6) else None))


def _weather(scene: Scene, chance: Chance) -> Idea | None:
    return None if scene.weather is None else Idea("weather", Claim(weather=scene.weather))


def _told_addition(scene: Scene, chance: Chance) -> Idea | None:
    if scene.addition is None:
        return None
    who = replace(plain(scene.main, chance), deeds=(plain_deed(scene.main.deeds[-1]),))
    return Idea("told purpose", Claim(who, addition=scene.addition))


ENTAILMENTS: tuple[tuple[Callable[[Scene, Chance], Idea | None], float], ...] = (
    (_generalise, 8.0),
    (_drop, 10.0),
    (_where, 4.5),
    (_there_is, 1.6),
    (_wearing, 2.5),
    (_passive, 1.6),
    (_mood, 2.0),
    (_not_asleep, 0.7),
    (_company, 2.2),
    (_thing, 0.8),
    (_weather, 1.0),
    (_told_addition, 40.0),
)
"""The ways to an entailed hypothesis, as often as their numbers say."""
