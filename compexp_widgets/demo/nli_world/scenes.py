"""Scenes drawn by chance: who, doing what, with what, where, in what weather, in whose company."""

from __future__ import annotations

from compexp_widgets.demo.nli_world.additions import added, purposes_of, qualities_of
from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.deeds import cannot_be_done_at_once, verbs_of, where_done
from compexp_widgets.demo.nli_world.dressing import draw_looks
from compexp_widgets.demo.nli_world.kinds import KINDS, exclude_each_other, is_human
from compexp_widgets.demo.nli_world.looks import COLOURS
from compexp_widgets.demo.nli_world.meaning import MANY, Addition, Deed, Scene, Somebody
from compexp_widgets.demo.nli_world.places import PLACES, WEATHERS
from compexp_widgets.demo.nli_world.things import THINGS
from compexp_widgets.demo.nli_world.verbs import VERBS

_MAIN = (
    *(("man", 11.0), ("woman", 11.0), ("boy", 6.0), ("girl", 6.0), ("child", 3.5), ("person", 3.5), ("teenager", 1.5)),
    *(("baby", 1.0), ("dog", 6.0), ("puppy", 0.6), ("cat", 2.2), ("kitten", 0.4), ("horse", 1.6), ("cow", 0.8)),
    *(("goat", 0.6), ("sheep", 0.5), ("bird", 0.6), ("duck", 0.4), ("monkey", 0.7), ("elephant", 0.7)),
    *((kind.name, 0.9) for kind in KINDS.values() if kind.trade and kind.name != "baby"),
)
_NUMBERS = ((1, 66.0), (2, 16.0), (3, 6.0), (4, 2.0), (MANY, 10.0))
_SNOW_THINGS = frozenset(("snow", "snowman", "snowball", "sled"))
_SHOW_TOPICS = frozenset(("music", "show", "sport"))
_WHERE_ANIMALS_ARE = frozenset(("green", "country", "water", "wild", "town", "house", "porch", "barn"))
# What is done sitting or standing as often as not.
_SEATED_TOPICS = frozenset(("read", "food", "drink", "music", "game", "art", "talk", "wait", "office"))
# What those who are there besides do, told in half a sentence.
_ASIDE = ("sit", "stand", "sleep", "read", "laugh", "wait", "dance", "wave", "eat", "drink", "watch")
_ASIDE_ANIMAL = ("sit", "sleep", "walk", "lie", "run", "stand")


def draw_scene(chance: Chance) -> Scene:
    """A scene in which everything goes together."""
    kind = chance.weighted(_MAIN)
    deed = _draw_deed(kind, chance)
    deeds = (*_posture(deed, kind, chance), deed)
    place = _draw_place(kind, deeds, chance)
    weather = _draw_weather(deeds, place, chance)
    main = draw_looks(kind, _draw_number(kind, deed, chance), deeds, place, weather, chance)
    company = _draw_company(main, place, chance) if chance.coin(0.3) else None
    addition = _draw_addition(main, chance) if company is None and chance.coin(0.09) else None
    return Scene(main, company, place, weather, addition)


def _draw_addition(main: Somebody, chance: Chance) -> Addition | None:
    """The rare premise that tells of a purpose or a quality, so that such words do not decide on their own."""
    if chance.coin(0.4):
        texts = qualities_of(main.kind)
        return added("kind", chance.pick(texts), main) if texts else None
    purposes = purposes_of(main)
    return added("end", chance.pick(purposes), main) if purposes else None


def _draw_number(kind: str, deed: Deed, chance: Chance) -> int:
    single = kind in ("baby", "kitten", "puppy") or deed.verb in ("speak", "teach", "pull a load", "play yarn")
    return 1 if single else chance.weighted(_NUMBERS[:3] if KINDS[kind].trade else _NUMBERS)


def _draw_deed(kind: str, chance: Chance) -> Deed:
    trade = KINDS[kind].trade
    if trade and (kind == "baby" or chance.coin(0.88)):
        verb = VERBS[chance.pick(trade)]
    else:
        names = verbs_of(kind)
        verb = VERBS[chance.weighted([(name, 1 + min(len(VERBS[name].things), 10) / 5) for name in names])]
    return _with_thing(verb.name, kind, chance)


def _with_thing(name: str, kind: str, chance: Chance) -> Deed:
    verb = VERBS[name]
    things = [thing for thing in verb.things if not (kind == "baby" and thing in ("bench", "rock", "stool", "log"))]
    if not things or (verb.bare and name != "watch" and chance.coin(0.35)):
        return Deed(name)
    thing = chance.pick(things)
    coloured = THINGS[thing].coloured and chance.coin(0.4)
    return Deed(name, thing, chance.pick(COLOURS) if coloured else None)


def _posture(deed: Deed, kind: str, chance: Chance) -> tuple[Deed, ...]:
    """Sitting or standing while it is done, told first."""
    verb = VERBS[deed.verb]
    if verb.legs or not is_human(kind) or kind == "baby" or verb.topic not in _SEATED_TOPICS or not chance.coin(0.25):
        return ()
    if chance.coin(0.2) or verb.name in ("cook", "bake", "cut food", "paint", "taste"):
        return (Deed("stand"),)
    return (_with_thing("sit", kind, chance),)


def _draw_place(kind: str, deeds: tuple[Deed, ...], chance: Chance) -> str | None:
    if not chance.coin(0.75):
        return None
    main = deeds[-1]
    places = list(where_done(main.verb, main.thing))
    if main.thing in ("lake", "river"):
        return None  # "swimming in a lake by a river"
    if KINDS[kind].age == "young":
        places = [place for place in places if place != "bar"]
    if not is_human(kind):
        places = [place for place in places if PLACES[place].region in _WHERE_ANIMALS_ARE]
    for deed in deeds:
        if deed.thing and THINGS[deed.thing].places:
            places = [place for place in places if place in THINGS[deed.thing].places]
        at_home = {True, False} if deed.thing is None else {THINGS[deed.thing].outdoors}
        for outdoors in (True, False):
            if at_home == {outdoors} or VERBS[deed.verb].outdoors is outdoors:
                places = [place for place in places if PLACES[place].outdoors is outdoors]
    return chance.pick(places) if places else None


def _draw_weather(deeds: tuple[Deed, ...], place: str | None, chance: Chance) -> str | None:
    known = {PLACES[place].outdoors} if place else {True if VERBS[deed.verb].outdoors else None for deed in deeds}
    known |= {THINGS[deed.thing].outdoors for deed in deeds if deed.thing}
    outdoors = False if False in known else True if True in known else None
    if not chance.coin({True: 0.28, None: 0.1, False: 0.06}[outdoors]):
        return None
    names = [name for name, sky in WEATHERS.items() if outdoors is not False or not sky.outdoors]
    left_out: set[str] = set()
    topics = {VERBS[deed.verb].topic for deed in deeds}
    things = {deed.thing for deed in deeds}
    if place in ("hill", "ice rink") or "snow" in topics or things & _SNOW_THINGS:
        left_out |= {"hot", "rainy"}
    if place in ("beach", "desert", "garden") or topics & {"water", "garden"} or things & {"sandcastle", "ice cream"}:
        left_out |= {"cold", "snowy"}
    if not topics <= {"walk", "run", "snow", "work", "wait", "stand", "beast"}:
        left_out |= {"snowy"}
    if topics & {"rest", "read", "sit", "game", "art", "food", "drink", "look"}:
        left_out |= {"rainy"}
    if things & {"sunset", "fireworks"}:
        left_out |= {"morning", "sunny", "night", "rainy", "snowy", "hot", "evening"}
    names = [name for name in names if name not in left_out]
    return chance.pick(names) if names else None


def _draw_company(main: Somebody, place: str | None, chance: Chance) -> Somebody | None:
    """Somebody who cannot be taken for `main`, doing something that goes with the place, or nothing that is told."""
    deed = main.deeds[-1]
    if VERBS[deed.verb].topic in _SHOW_TOPICS and main.number == 1 and is_human(main.kind) and chance.coin(0.6):
        return Somebody("person", MANY, deeds=(Deed("watch"),))
    others = (("dog", 3.0), ("woman", 2.0), ("man", 2.0), ("girl", 1.5), ("boy", 1.5), ("child", 1.5), ("cat", 0.7))
    fitting = [(kind, weight) for kind, weight in others if exclude_each_other(main.kind, kind)]
    if deed.thing in KINDS or not fitting or VERBS[deed.verb].topic in ("snow", "water", "climb"):
        return None
    kind = chance.weighted(fitting)
    number = 2 if chance.coin(0.15) else 1
    if not chance.coin(0.55):
        return Somebody(kind, number)
    aside = [verb for verb in (_ASIDE if is_human(kind) else _ASIDE_ANIMAL) if verb in verbs_of(kind)]
    if place is not None and PLACES[place].region in ("town", "water", "gym", "store", "stage"):
        aside = [verb for verb in aside if verb not in ("sleep", "read")]
    # Else "a man reads while a woman reads" is told.
    aside = [verb for verb in aside if verb != deed.verb and cannot_be_done_at_once(verb, deed.verb)] or ["watch"]
    return Somebody(kind, number, deeds=(Deed(chance.pick(aside)),))
