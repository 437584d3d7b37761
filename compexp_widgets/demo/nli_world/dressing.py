"""What those in a scene look like, drawn by chance so that it goes with what they do and where."""

from __future__ import annotations

from compexp_widgets.demo.nli_world.chance import Chance
from compexp_widgets.demo.nli_world.kinds import KINDS, Kind, is_human
from compexp_widgets.demo.nli_world.looks import COATS, COLOURS, FEATURES, GARMENTS
from compexp_widgets.demo.nli_world.meaning import Deed, Somebody
from compexp_widgets.demo.nli_world.places import PLACES
from compexp_widgets.demo.nli_world.verbs import VERBS

_WARM = frozenset(("sweater", "coat", "scarf", "gloves", "jacket"))
_LIGHT = frozenset(("shorts", "dress", "skirt", "sunglasses"))
_FORMAL = frozenset(("suit", "tie", "uniform"))
_IN_THE_WAY = frozenset(("suit", "tie", "dress", "skirt"))
_AFTER_WORK = frozenset(("shorts", "costume", "dress", "skirt"))


def draw_looks(
    kind: str, number: int, deeds: tuple[Deed, ...], place: str | None, weather: str | None, chance: Chance
) -> Somebody:
    """Somebody of a kind with what they do, and with age, mood, clothes and features that some premises tell."""
    described = KINDS[kind]
    if kind == "baby":
        return Somebody(kind, number, deeds=deeds)
    if not is_human(kind):
        coats = COATS.get(described.species, ())
        return Somebody(kind, number, colour=chance.pick(coats) if coats and chance.coin(0.45) else None, deeds=deeds)
    age = mood = feature = garment = colour = None
    if chance.coin(0.25):
        age = {"man": ("young", "old"), "woman": ("young", "old"), "person": ("young", "old"), "boy": ("young",),
               "girl": ("young",), "child": ("young",)}.get(kind)  # fmt: skip
    verb = VERBS[deeds[-1].verb]
    if not verb.asleep and verb.name not in ("cry", "laugh") and chance.coin(0.1):
        mood = "sad" if chance.coin(0.2) else "happy"
    if verb.topic not in ("water", "rest") and chance.coin(0.6):
        garment = chance.pick([name for name in GARMENTS if _fits(name, described, verb.topic, place, weather)])
        colour = chance.pick(COLOURS) if garment != "sunglasses" and chance.coin(0.75) else None
    if described.age != "young" and chance.coin(0.1):
        feature = chance.pick([name for name, (_, sex) in FEATURES.items() if sex in ("", described.sex)])
        feature = None if (garment, feature) == ("sunglasses", "glasses") else feature
    return Somebody(kind, number, chance.pick(age) if age else None, None, garment, colour, feature, mood, deeds)


def _fits(name: str, kind: Kind, topic: str, place: str | None, weather: str | None) -> bool:
    """Whether one of this kind would wear it there, doing such things."""
    hot = weather == "hot" or place in ("beach", "desert")
    cold = weather in ("cold", "snowy") or topic == "snow"
    dark = weather in ("night", "evening") or (place is not None and PLACES[place].outdoors is False)
    odd = (
        GARMENTS[name].sex not in ("", kind.sex),
        name == "helmet" and topic not in ("ride", "snow", "climb"),
        name == "costume" and topic not in ("music", "show", "fun", "walk"),
        name == "sunglasses" and dark,
        name in _WARM and hot,
        name in _LIGHT and cold,
        name in _FORMAL and kind.age == "young",
        name in _IN_THE_WAY and topic in ("sport", "climb", "snow", "work", "garden"),
        name in _AFTER_WORK and kind.trade and kind.name not in ("dancer", "clown"),
    )
    return not any(odd)
