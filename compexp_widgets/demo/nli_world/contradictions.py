"""Hypotheses that cannot be true: something of the scene changed for what it leaves no room for, or denied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.deeds import cannot_be_done_at_once, verbs_of
from compexp_widgets.demo.nli_world.entailments import can_be_passive, general_deed, general_kind, plain, plain_deed
from compexp_widgets.demo.nli_world.hypotheses import Idea
from compexp_widgets.demo.nli_world.kinds import KINDS, exclude_each_other, is_human, kinds_above
from compexp_widgets.demo.nli_world.looks import COATS, COLOURS
from compexp_widgets.demo.nli_world.meaning import MANY, PLURAL, Claim, Deed, Scene, Somebody
from compexp_widgets.demo.nli_world.places import PLACES, WEATHERS, place_holds
from compexp_widgets.demo.nli_world.things import THINGS, things_above
from compexp_widgets.demo.nli_world.verbs import VERBS


def _them(scene: Scene, chance: Chance) -> Somebody:
    """Those whom the scene is about, in words that the others who are there cannot be meant by."""
    who = general_kind(scene.main, chance) if chance.coin(0.08) else plain(scene.main, chance)
    company = scene.company
    # A single person is not the crowd; "a person" may be the woman beside the man.
    if company is not None and not exclude_each_other(who.kind, company.kind):
        who = Somebody(scene.main.kind, scene.main.number)
    return who


def _nobody(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    human = is_human(main.kind)
    kind = kinds_above(main.kind)[-1] if kinds_above(main.kind) else main.kind
    who = Somebody(kind if human or chance.coin(0.5) else main.kind)
    if main.number != 1:
        who = replace(who, number=PLURAL)
    elif human and chance.coin(0.12):
        who = Somebody(main.kind)
    deed, place = main.deeds[-1], None
    if chance.coin(0.65):
        who = replace(who, deeds=(general_deed(deed, chance) if chance.coin(0.5) else plain_deed(deed),))
    elif scene.place:
        place = scene.place
    return Idea("nobody", Claim(who, place, denied=True))


def _not(scene: Scene, chance: Chance) -> Idea | None:
    deed = scene.main.deeds[-1]
    deed = general_deed(deed, chance) if chance.coin(0.3) else plain_deed(deed)
    return Idea("not", Claim(replace(_them(scene, chance), deeds=(deed,)), denied=True, definite=True))


def _never(scene: Scene, chance: Chance) -> Idea | None:
    deed = scene.main.deeds[-1]
    if (
        deed.thing is None
        or not is_human(scene.main.kind)
        or VERBS[deed.verb].topic in ("sit", "rest", "beast", "wait")
    ):
        return None
    claim = Claim(replace(_them(scene, chance), deeds=(plain_deed(deed),)), denied=True, definite=True)
    return Idea("never", claim, "never")


def _asleep(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if not any(cannot_be_done_at_once("sleep", deed.verb) for deed in main.deeds) or "sleep" not in _doable(main.kind):
        return None
    who = _them(scene, chance)
    if any(deed.verb in ("sleep", "lie") for deed in (scene.company.deeds if scene.company else ())):
        who = Somebody(main.kind, main.number)
    thing = chance.pick(("couch", "bed")) if is_human(main.kind) else None
    deed = Deed("sleep", thing if chance.coin(0.3) else None)
    return Idea("asleep", Claim(replace(who, deeds=(deed,))))


def _doable(kind: str) -> tuple[str, ...]:
    return verbs_of(kind) if kind != "baby" else KINDS["baby"].trade


def _other_deed(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    others = [
        name
        for name in _doable(main.kind)
        if name != "sleep" and any(cannot_be_done_at_once(name, deed.verb) for deed in main.deeds)
    ]
    if not others:
        return None
    verb = VERBS[chance.pick(others)]
    things = [thing for thing in verb.things if thing not in _TOLD_BY_OTHERS]
    bare = not things or (verb.bare and chance.coin(0.5))
    if bare and not verb.bare:
        return None
    return Idea(
        "another deed",
        Claim(replace(_them(scene, chance), deeds=(Deed(verb.name, None if bare else chance.pick(things)),))),
    )


_TOLD_BY_OTHERS = frozenset(("students", "patient"))


def _other_thing(scene: Scene, chance: Chance) -> Idea | None:
    deed = scene.main.deeds[-1]
    verb = VERBS[deed.verb]
    if deed.thing is None or verb.topic in ("shop", "water"):
        return None
    known = (deed.thing, *things_above(deed.thing))
    others = [name for name in verb.things if name not in known and deed.thing not in things_above(name)]
    others = [name for name in others if {name, deed.thing} not in _ALIKE]
    if not others:
        return None
    other = Deed(deed.verb, chance.pick(others))
    form = "passive" if can_be_passive(other) and chance.coin(0.3) else "statement"
    return Idea("another thing", Claim(replace(_them(scene, chance), deeds=(other,))), form)


# Things that one may be taken for the other, or be part of it.
_ALIKE = ({"horse", "pony"}, {"mountain", "cliff"}, {"birds", "pigeons"}, {"birds", "ducks"}, {"grass", "ground"},
          {"picture", "portrait"}, {"picture", "landscape"}, {"letter", "note"}, {"comic", "magazine"},
          {"boat", "canoe"},
          {"boat", "raft"}, {"grass", "hay"}, {"painting", "picture"}, {"bushes", "hedge"}, {"cake", "pie"},
          {"flowers", "plants"}, {"sand", "ground"}, {"carpet", "blanket"}, {"bag", "backpack"}, {"stream", "puddle"},
          {"box", "gift"}, {"spaghetti", "pasta"}, {"noodles", "pasta"}, {"noodles", "spaghetti"},
          {"computer", "laptop"},
          {"movie", "television"}, {"movie", "show"}, {"television", "show"}, {"show", "parade"}, {"picture", "phone"},
          {"birds", "chickens"}, {"cart", "stroller"}, {"newspaper", "magazine"}, {"breakfast", "eggs"},
          {"fruit", "berries"},
          {"breakfast", "pancakes"}, {"story", "report"}, {"food", "pizza"}, {"dinner", "food"}, {"birds", "rabbit"},
          {"chair", "stool"}, {"grass", "mud"}, {"bench", "stool"}, {"food", "wine"}, {"food", "coffee"},
          {"map", "picture"},
          {"apple", "berries"}, {"bench", "log"}, {"flowers", "vegetables"}, {"tree", "bushes"}, {"menu", "map"},
          {"dinner", "meat"}, {"dinner", "chicken"}, {"dinner", "fish"}, {"dinner", "soup"}, {"dinner", "pasta"},
          {"dinner", "vegetables"}, {"dinner", "rice"}, {"dinner", "eggs"}, {"meat", "chicken"},
          {"breakfast", "dinner"},
          {"dinner", "pizza"}, {"dinner", "coffee"}, {"dinner", "wine"}, {"lake", "river"},
          {"toy", "ball"})  # fmt: skip


def _place(scene: Scene, chance: Chance) -> Idea | None:
    if scene.place is None:
        if not any(VERBS[deed.verb].outdoors for deed in scene.main.deeds):
            return None
        return Idea("another place", Claim(_them(scene, chance), "indoors"))
    far = [name for name, place in PLACES.items() if place_holds(name, scene.place) is False and place.region]
    who = _them(scene, chance)
    here = PLACES[scene.place].outdoors
    if here is not None and chance.coin(0.45):
        return Idea("another place", Claim(who, "indoors" if here else "outdoors"))
    if not far:
        return None
    fitting = [name for name in far if name in VERBS[scene.main.deeds[-1].verb].places]
    if fitting and chance.coin(0.7):
        return Idea(
            "another place", Claim(replace(who, deeds=(plain_deed(scene.main.deeds[-1]),)), chance.pick(fitting))
        )
    far = [name for name in far if name not in ("roof", "barn", "ice rink", "court", "golf course", "stadium")]
    return Idea("another place", Claim(who, chance.pick(far)))


def _number(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.number == MANY or (scene.company is not None and scene.company.number == MANY):
        return None
    if main.number == 1 and scene.company is None and not chance.coin(0.5):
        return None
    if scene.company is not None and main.number == 1 and chance.coin(0.6):
        return Idea("alone", Claim(Somebody(main.kind), alone=True, definite=True))
    others = [number for number in (1, 2, 3, 4) if number != main.number]
    who = Somebody(main.kind, chance.pick(others), deeds=(plain_deed(main.deeds[-1]),))
    return Idea("another number", Claim(who))


def _kind(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    choices = (
        ("man", "woman", "boy", "girl")
        if is_human(main.kind)
        else ("dog", "cat", "horse", "cow", "bird", "man", "woman")
    )
    others = [name for name in choices if exclude_each_other(name, main.kind)]
    if scene.company is not None:
        others = [name for name in others if exclude_each_other(name, scene.company.kind)]
    deed = plain_deed(main.deeds[-1])
    if not is_human(main.kind):
        others = [name for name in others if deed.verb in verbs_of(name)]
    if KINDS[main.kind].age != "young":
        others = [name for name in others if KINDS[name].age != "young" or deed.verb in verbs_of(name)]
    if not others:
        return None
    return Idea("another kind", Claim(Somebody(chance.pick(others), main.number, deeds=(deed,))))


def _colour(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    deed = main.deeds[-1]
    if main.garment_colour is not None:
        colour = chance.pick([colour for colour in COLOURS if colour != main.garment_colour])
        who = replace(_them(scene, chance), garment=main.garment, garment_colour=colour)
        if chance.coin(0.7):
            return Idea("another colour", Claim(who), "wearing")
        return Idea("another colour", Claim(replace(who, deeds=(plain_deed(deed),)), scene.place), loyal=True)
    if deed.colour is not None and deed.thing is not None:
        colour = chance.pick([colour for colour in COLOURS if colour != deed.colour])
        if main.number == 1 and not THINGS[deed.thing].plural:
            return Idea("another colour", Claim(thing=deed.thing, thing_colour=colour))
        return Idea(
            "another colour", Claim(replace(_them(scene, chance), deeds=(Deed(deed.verb, deed.thing, colour),)))
        )
    if main.colour is not None:
        coats = [coat for coat in COATS[KINDS[main.kind].species] if coat != main.colour]
        return Idea(
            "another colour",
            Claim(Somebody(main.kind, main.number, colour=chance.pick(coats), deeds=(plain_deed(deed),))),
        )
    return None


def _weather(scene: Scene, chance: Chance) -> Idea | None:
    if scene.weather is None:
        return None
    excluded = WEATHERS[scene.weather].excludes
    return Idea("another weather", Claim(weather=chance.pick(excluded))) if excluded else None


def _mood(scene: Scene, chance: Chance) -> Idea | None:
    if scene.main.mood is None:
        return None
    mood = "sad" if scene.main.mood == "happy" else "happy"
    return Idea("another mood", Claim(replace(_them(scene, chance), mood=mood)), "mood")


def _age(scene: Scene, chance: Chance) -> Idea | None:
    main = scene.main
    if main.age is None or main.kind not in ("man", "woman", "person"):
        return None
    age = "old" if main.age == "young" else "young"
    return Idea(
        "another age", Claim(replace(plain(main, chance), kind=main.kind, age=age, deeds=(plain_deed(main.deeds[-1]),)))
    )


CONTRADICTIONS: tuple[tuple[Callable[[Scene, Chance], Idea | None], float], ...] = (
    (_nobody, 6.0),
    (_not, 3.0),
    (_never, 1.4),
    (_asleep, 6.5),
    (_other_deed, 5.5),
    (_other_thing, 2.2),
    (_place, 3.2),
    (_number, 1.0),
    (_kind, 2.2),
    (_colour, 2.0),
    (_weather, 1.2),
    (_mood, 2.0),
    (_age, 1.0),
)
"""The ways to a contradicted hypothesis, as often as their numbers say."""
