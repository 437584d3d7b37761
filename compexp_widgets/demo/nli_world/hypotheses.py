"""Hypotheses: a claim told in a plain sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compexp_widgets.demo.nli_world.grammar import participle, sentence
from compexp_widgets.demo.nli_world.meaning import PLURAL, Addition, Claim, Deed, Somebody
from compexp_widgets.demo.nli_world.phrases import (
    Speaker,
    addition_words,
    deed_phrase,
    garment_phrase,
    is_are,
    noun_phrase,
    place_phrase,
    thing_phrase,
    weather_phrase,
)
from compexp_widgets.demo.nli_world.places import WEATHERS
from compexp_widgets.demo.nli_world.things import THINGS
from compexp_widgets.demo.nli_world.verbs import VERBS


@dataclass(frozen=True)
class Idea:
    """A claim, and what it is made by.

    Attributes
    ----------
    operation
        How the claim comes from the scene: "generalise", "purpose", "nobody" …
    claim
        What is claimed.
    form
        The form of its sentence: ``"statement"``, ``"there"``, ``"passive"``, ``"wearing"``, ``"mood"``, ``"never"``.
    loyal
        Whether the words of the premise are kept.
    """

    operation: str
    claim: Claim
    form: str = "statement"
    loyal: bool = False


def say(idea: Idea, speaker: Speaker) -> tuple[str, ...]:
    """The tokens of the hypothesis."""
    claim = idea.claim
    who = claim.who
    if who is None:
        return sentence(_about_no_one(claim, speaker))
    words = _denial(claim, who, idea.form, speaker) if claim.denied else _statement(claim, who, idea.form, speaker)
    return sentence(words)


def _about_no_one(claim: Claim, speaker: Speaker) -> list[str]:
    if claim.weather is not None:
        return speaker.chance.pick(WEATHERS[claim.weather].statements).split()
    assert claim.thing is not None
    plural = THINGS[claim.thing].plural
    if claim.thing_colour is not None and speaker.chance.coin(0.6):
        return [*thing_phrase(speaker, claim.thing, definite=True), "are" if plural else "is", claim.thing_colour]
    return ["there", "are" if plural else "is", *thing_phrase(speaker, claim.thing, claim.thing_colour)]


def _bare(who: Somebody) -> Somebody:
    return replace(who, deeds=())


def _subject(claim: Claim, who: Somebody, speaker: Speaker) -> list[str]:
    before = _words_at("kind", claim.addition, who)
    plain = _bare(who) in (Somebody("person"), Somebody("person", PLURAL)) and not before
    if plain and who.number == 1 and not claim.definite and speaker.chance.coin(0.2):
        return [speaker.chance.pick(("someone", "somebody"))]
    definite = claim.definite or speaker.chance.coin(0.35)
    return noun_phrase(speaker, _bare(who), definite=definite, before=before)


def _words_at(position: str, addition: Addition | None, who: Somebody) -> list[str]:
    return addition_words(addition, who) if addition is not None and addition.position == position else []


def _tail(claim: Claim, who: Somebody, speaker: Speaker) -> list[str]:
    where = place_phrase(speaker, claim.place) if claim.place else []
    when = weather_phrase(speaker, claim.weather) if claim.weather else []
    return [*where, *when, *_words_at("end", claim.addition, who)]


def _doing(claim: Claim, who: Somebody, form: str, speaker: Speaker) -> list[str]:
    """The last deed, and the one before it if there is one."""
    before = " ".join(_words_at("thing", claim.addition, who))
    *postures, deed = who.deeds
    words = deed_phrase(speaker, deed, who.number, form, before)
    if not postures:
        return words
    return [*deed_phrase(speaker, postures[0], who.number, form), "and", *words]


def _statement(claim: Claim, who: Somebody, form: str, speaker: Speaker) -> list[str]:
    if form == "passive":
        return _passive(claim, who, speaker)
    if form == "there":
        doing = _doing(claim, who, "ing", speaker) if who.deeds else []
        whom = noun_phrase(speaker, _bare(who), before=_words_at("kind", claim.addition, who))
        return ["there", "is" if whom[0] == "a" else is_are(who.number), *whom, *doing, *_tail(claim, who, speaker)]
    # What stands in the predicate is not told of the subject as well.
    named = who
    if form == "wearing":
        named = replace(who, garment=None, garment_colour=None)
    elif form == "mood":
        named = replace(who, mood=None)
    subject = _subject(claim, named, speaker)
    return [*subject, *_predicate(claim, who, form, speaker)]


def _predicate(claim: Claim, who: Somebody, form: str, speaker: Speaker) -> list[str]:
    chance, be = speaker.chance, is_are(who.number)
    added = _words_at("predicate", claim.addition, who)
    if added:
        return added
    if form == "wearing":
        return [be, "wearing", *garment_phrase(speaker, who)]
    if form == "mood":
        return [be, chance.pick(("happy", "happy", "glad") if who.mood == "happy" else ("sad", "sad", "unhappy"))]
    tail = ["alone"] if claim.alone else _tail(claim, who, speaker)
    if who.deeds[-1:] == (Deed("sleep"),) and chance.coin(0.35):
        return [be, "asleep", *tail]
    if who.deeds and chance.coin(0.22):
        return [*_doing(claim, who, "present", speaker), *tail]
    return [be, *(_doing(claim, who, "ing", speaker) if who.deeds else []), *tail]


def _passive(claim: Claim, who: Somebody, speaker: Speaker) -> list[str]:
    """What is done, before who does it: "a guitar is being played by a man in a park"."""
    deed = who.deeds[-1]
    assert deed.thing is not None
    thing = THINGS[deed.thing]
    subject = thing_phrase(speaker, deed.thing, deed.colour)
    verb = VERBS[deed.verb].phrase.split()
    agent = [] if _bare(who) == Somebody("person") else ["by", *noun_phrase(speaker, _bare(who))]
    be = "are" if thing.plural else "is"
    return [*subject, be, "being", participle(verb[0]), *verb[1:], *agent, *_tail(claim, who, speaker)]


def _any(words: list[str]) -> list[str]:
    """The words behind a negation: "any bread" for "some bread"."""
    return [{"some": "any", "something": "anything"}.get(word, word) for word in words]


def _denial(claim: Claim, who: Somebody, form: str, speaker: Speaker) -> list[str]:
    doing = _any(_doing(claim, who, "participle" if form == "never" else "ing", speaker)) if who.deeds else []
    rest = [*doing, *_tail(claim, who, speaker)]
    if not claim.definite:
        return _nobody(who, rest, speaker)
    subject = _subject(claim, who, speaker)
    added = _words_at("predicate", claim.addition, who)
    if added and added[0] in ("has", "have"):
        return [*subject, *added] if added[1] == "never" else [*subject, added[0], "no", *added[2:]]
    if added:
        return [*subject, added[0], "not", *added[1:]]
    if form == "never":
        return [*subject, "has" if who.number == 1 else "have", "never", *rest]
    if who.deeds[-1:] == (Deed("sleep"),) and speaker.chance.coin(0.3):
        rest = ["asleep"]
    return [*subject, is_are(who.number), "not", *rest]


def _nobody(who: Somebody, rest: list[str], speaker: Speaker) -> list[str]:
    """Nobody, no one, or none of a kind, does the rest."""
    chance = speaker.chance
    if _bare(who) in (Somebody("person"), Somebody("person", PLURAL)) and not chance.coin(0.12):
        nobody = chance.pick(("nobody", "nobody", "no one")).split()
        return [*nobody, "is", *rest] if rest and chance.coin(0.75) else ["there", "is", *nobody, *rest]
    words = noun_phrase(speaker, replace(_bare(who), number=PLURAL), article=False)
    if rest and chance.coin(0.5):
        return ["no", *words, "are", *rest]
    return ["there", "are", "no", *words, *rest]
