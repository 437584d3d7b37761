"""English as far as this world needs it: forms of verbs and nouns, articles, how a sentence begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

_DOUBLED = frozenset(
    ("run", "jog", "swim", "sit", "cut", "dig", "pet", "knit", "chat", "nap", "win", "get", "put", "shop", "hug", "lap")
)
_PARTICIPLES = {
    "eat": "eaten", "drink": "drunk", "write": "written", "draw": "drawn", "ride": "ridden", "drive": "driven",
    "throw": "thrown", "catch": "caught", "build": "built", "cut": "cut", "sell": "sold", "buy": "bought",
    "teach": "taught", "sing": "sung", "read": "read", "feed": "fed", "dig": "dug", "hold": "held", "sew": "sewn",
    "swim": "swum", "run": "run", "sit": "sat", "stand": "stood", "lie": "lain", "sleep": "slept", "speak": "spoken",
    "fly": "flown", "fight": "fought", "swing": "swung", "make": "made", "take": "taken", "blow": "blown",
}  # fmt: skip
_PLURALS = {"scarf": "scarves", "fish": "fish"}


def ing(verb: str) -> str:
    """The present participle: "running"."""
    if verb in _DOUBLED:
        return verb + verb[-1] + "ing"
    if verb == "lie":
        return "lying"
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + "ing"


def third(verb: str) -> str:
    """The third person singular: "runs"."""
    if verb.endswith(("ch", "sh", "s", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + "s"


def participle(verb: str) -> str:
    """The past participle: "thrown", "painted"."""
    if verb in _PARTICIPLES:
        return _PARTICIPLES[verb]
    if verb in _DOUBLED:
        return verb + verb[-1] + "ed"
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ied"
    return verb + "ed"


def plural(noun: str) -> str:
    """The plural of a thing: "boxes"."""
    if noun in _PLURALS:
        return _PLURALS[noun]
    if noun.endswith(("ch", "sh", "s", "x")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeou":
        return noun[:-1] + "ies"
    return noun + "s"


def with_article(words: Sequence[str]) -> list[str]:
    """The words with "a" or "an" before them."""
    first = words[0]
    vowel = first[0] in "aeiou" and not first.startswith(("uni", "one"))
    return ["an" if vowel else "a", *words]


def sentence(words: Sequence[str]) -> tuple[str, ...]:
    """The tokens of a sentence: the first with a capital, a full stop at the end."""
    tokens = " ".join(words).replace(" ,", ",").replace(",", " ,").split()
    return (tokens[0][0].upper() + tokens[0][1:], *tokens[1:], ".")
