"""Premises: a scene told as the caption of a photograph."""

from __future__ import annotations

from compexp_widgets.demo.nli_world.grammar import sentence
from compexp_widgets.demo.nli_world.kinds import is_human
from compexp_widgets.demo.nli_world.meaning import MANY, Scene, Somebody
from compexp_widgets.demo.nli_world.phrases import (
    Speaker,
    addition_words,
    deed_phrase,
    is_are,
    noun_phrase,
    place_phrase,
    weather_phrase,
)
from compexp_widgets.demo.nli_world.verbs import VERBS


def tell(scene: Scene, speaker: Speaker) -> tuple[str, ...]:
    """The tokens of a premise that tells all of `scene` and nothing besides."""
    chance = speaker.chance
    added = addition_words(scene.addition, scene.main) if scene.addition else []
    quality = added if scene.addition and scene.addition.position == "kind" else []
    purpose = added if not quality else []
    subject = noun_phrase(speaker, scene.main, before=quality)
    style = chance.weighted((("is", 5.0), ("present", 3.0), ("fragment", 1.6), ("there", 0.9)))
    where = place_phrase(speaker, scene.place) if scene.place else []
    when = weather_phrase(speaker, scene.weather) if scene.weather else []
    company = _company(scene.company, scene.main, speaker) if scene.company else []
    fronted: list[str] = []
    if style != "fragment":
        if when and when[0] != "in" and chance.coin(0.4):
            fronted, when = [*when, ","], []
        elif where and not when and style == "is" and chance.coin(0.12):
            fronted, where = [*where, ","], []
    doing = _doing(scene.main, style, speaker)
    if style == "there":
        doing = ["there", is_are(1 if subject[:1] == ["a"] else scene.main.number), *subject, *doing]
    else:
        doing = [*subject, *doing]
    return sentence([*fronted, *doing, *where, *when, *purpose, *company])


def _doing(one: Somebody, style: str, speaker: Speaker) -> list[str]:
    """What they do: "is sitting on a bench reading a book"."""
    form = "present" if style == "present" else "ing"
    copula = [is_are(one.number)] if style == "is" else []
    *postures, deed = one.deeds
    if not postures:
        return [*copula, *deed_phrase(speaker, deed, one.number, form)]
    posture = postures[0]
    order = speaker.chance.weighted((("and", 1.0), ("while", 0.8), ("plain", 1.2 if postures[0].thing else 0.0)))
    if order == "while" and style == "there":
        order = "and"
    if order == "while":
        done = deed_phrase(speaker, deed, one.number, form)
        return [*copula, *done, "while", *deed_phrase(speaker, posture, one.number, "ing")]
    held = deed_phrase(speaker, posture, one.number, form)
    if order == "and":
        return [*copula, *held, "and", *deed_phrase(speaker, deed, one.number, form)]
    return [*copula, *held, *deed_phrase(speaker, deed, one.number, "ing")]


def _company(company: Somebody, main: Somebody, speaker: Speaker) -> list[str]:
    """Who else is there: "while a crowd watches", "with a dog"."""
    chance = speaker.chance
    crowd = company.number == MANY and company.kind == "person"
    them = ["a", "crowd"] if crowd else noun_phrase(speaker, company)
    if not company.deeds:
        moving = VERBS[main.deeds[-1].verb].legs in ("walk", "run", "sport", "sit", "stand", "lie")
        link = "with" if moving and chance.coin(0.6) else speaker.choose("beside", ("next to", "beside", "near"))
        return [*link.split(), *them]
    number = 1 if crowd else company.number
    deed = company.deeds[0]
    if chance.coin(0.5):
        link = "while" if chance.coin(0.7) else "as"
        nearby = ["nearby"] if deed.verb != "watch" and chance.coin(0.5) else []
        return [link, *them, *deed_phrase(speaker, deed, number, "present"), *nearby]
    if is_human(company.kind) or chance.coin(0.5):
        return [",", "and", *them, is_are(number), *deed_phrase(speaker, deed, number, "ing")]
    return ["next", "to", *them, "that", is_are(number), *deed_phrase(speaker, deed, number, "ing")]
