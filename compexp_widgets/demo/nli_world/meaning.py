"""What a sentence of this world means, apart from its words: a scene for a premise, a claim for a hypothesis."""

from __future__ import annotations

from dataclasses import dataclass

MANY = 5
"""The number of a group that nobody counted: three or more."""

PLURAL = 0
"""The number of "some people": two or more."""


@dataclass(frozen=True)
class Deed:
    """Something done: a verb of `deeds.VERBS`, a thing of `things.THINGS`, and the thing's colour."""

    verb: str
    thing: str | None = None
    colour: str | None = None


@dataclass(frozen=True)
class Somebody:
    """One person or animal, or several of a kind; None and () where nothing is told.

    Attributes
    ----------
    kind
        A name of `kinds.KINDS`.
    number
        1, 2, 3, 4, `MANY`; `PLURAL` in claims.
    age
        ``"young"`` or ``"old"``.
    colour
        Of an animal's coat.
    garment, garment_colour
        What they wear, and its colour.
    feature
        A name of `looks.FEATURES`.
    mood
        ``"happy"`` or ``"sad"``.
    deeds
        What they do, all at once.
    """

    kind: str
    number: int = 1
    age: str | None = None
    colour: str | None = None
    garment: str | None = None
    garment_colour: str | None = None
    feature: str | None = None
    mood: str | None = None
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True)
class Addition:
    """Something that hardly any premise tells: a purpose, a reason, a relation, a quality.

    Attributes
    ----------
    position
        Where its words go: ``"end"`` of the sentence, before the ``"kind"``, before the ``"thing"``, or as the whole
        ``"predicate"``.
    text
        Its words, with {he}, {his}, {him} and {is} where they depend on who is spoken of.
    """

    position: str
    text: str


@dataclass(frozen=True)
class Scene:
    """What a premise tells.

    Attributes
    ----------
    main
        Whom it is about.
    company
        Who else is there: of a kind that `main` cannot be, or a crowd beside one person.
    place
        A name of `places.PLACES`.
    weather
        A name of `places.WEATHERS`.
    addition
        The purpose or quality that a few premises tell, of `main`.
    """

    main: Somebody
    company: Somebody | None = None
    place: str | None = None
    weather: str | None = None
    addition: Addition | None = None


@dataclass(frozen=True)
class Claim:
    """What a hypothesis says: that all of this is so, or, if it is denied, that it is not.

    Attributes
    ----------
    who
        Of whom, with what is claimed of their looks and deeds; None when it speaks of weather or a thing alone.
    place, weather
        As in `Scene`.
    thing, thing_colour
        That there is such a thing among those in use.
    alone
        That nobody else is there.
    addition
        A purpose, reason, relation or quality.
    denied
        "The man is not …", "nobody …".
    definite
        "The man": one of those of whom the premise tells. "Nobody" and "there is no" are not.
    """

    who: Somebody | None = None
    place: str | None = None
    weather: str | None = None
    thing: str | None = None
    thing_colour: str | None = None
    alone: bool = False
    addition: Addition | None = None
    denied: bool = False
    definite: bool = False
