"""All objects of the package that a person reaches from some by completion, and what each of them may print."""

from __future__ import annotations

import enum
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from html.parser import HTMLParser
from itertools import islice
from typing import Any

import torch
from torch import nn

import compexp_widgets as cw
from compexp_widgets.errors import CompexpError
from compexp_widgets.formula import Formula
from compexp_widgets.networks.network import Network
from compexp_widgets.progress import silent
from compexp_widgets.study import VisionStudy
from compexp_widgets.study.drawing import Drawing

SOME = 3
"""Of a collection, and of a class."""


def is_ours(thing: object) -> bool:
    return type(thing).__module__.startswith(("compexp_widgets", "token_modality"))


def reachable(starts: Mapping[str, object]) -> Iterator[tuple[str, Any]]:
    """How each is reached, ``study.table.leaves[0]``, and the object: a few of each class."""
    waiting = deque(starts.items())
    seen: dict[int, object] = {}
    times: Counter[type] = Counter()
    while waiting:
        path, thing = waiting.popleft()
        if isinstance(thing, (list, tuple)):
            waiting.extend((f"{path}[{place}]", item) for place, item in enumerate(thing[:SOME]))
        elif isinstance(thing, dict):
            waiting.extend((f"{path}[{key!r:.40}]", thing[key]) for key in islice(thing, SOME))
        if not is_ours(thing) or id(thing) in seen or times[type(thing)] >= SOME:
            continue
        seen[id(thing)] = thing  # kept, so that no other gets its number
        times[type(thing)] += 1
        yield path, thing
        waiting.extend((f"{path}.{name}", value) for name, value in _attributes(thing))


def _attributes(thing: object) -> Iterator[tuple[str, object]]:
    names = {*getattr(thing, "__dict__", {})}
    for kind in type(thing).__mro__:
        names |= getattr(kind, "__annotations__", {}).keys()
        names |= {name for name, value in vars(kind).items() if isinstance(value, (property, cached_property))}
    for name in sorted(names):
        if not name.startswith("_"):
            with suppress(CompexpError, AttributeError):  # a property that this object does not have
                yield name, getattr(thing, name)


class Markup(HTMLParser):
    """Reads an output and refuses what it must not hold."""

    TAGS = frozenset(
        ("style", "div", "h3", "p", "ul", "li", "i", "b", "small", "span", "details", "summary")
    ) | frozenset(("table", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption", "mark", "br"))
    ATTRIBUTES = frozenset(("class", "style", "title", "alt", "src", "aria-label", "scope"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rules = self.words = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in self.TAGS, tag
        for name, value in attributes:
            assert name in self.ATTRIBUTES, (tag, name)
            assert name != "src" or re.fullmatch(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+", value or "")
            assert name != "style" or re.fullmatch(r"width:\d+\.\d%", value or "")
        if tag not in {"img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open == ["style"]:
            self.rules += data
        else:
            self.words += data


def read(html: str) -> Markup:
    """The output, which is well-formed, brings its style once, and a style for nothing but itself."""
    html.encode()  # no half characters
    found = Markup()
    found.feed(html)
    found.close()
    assert found.open == []
    assert html.count("<style>") == 1
    for selectors in re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]+\{", "", found.rules)):
        assert all(".compexp-data" in one for one in selectors.split(",")), selectors
    assert "@import" not in found.rules
    assert "url(" not in found.rules
    return found


def check(path: str, thing: object) -> None:
    """An object prints a screen at most; what a notebook shows of it is well-formed and harmless."""
    for text in {repr(thing), "" if isinstance(thing, Formula) else str(thing)}:  # a formula's text can be read back
        assert len(text) < 2000, (path, len(text))
        assert text.count("\n") < 25, path
        assert "object at 0x" not in text, (path, text)
    if hasattr(thing, "_repr_html_"):
        html = thing._repr_html_()
        if html is not None:
            assert len(read(html).words) < 12_000, path
    elif not isinstance(thing, (tuple, enum.Enum, nn.Module, Drawing)):  # which say what they are
        raise AssertionError(f"{path}: {type(thing).__name__} has no HTML")


def vision_starts(study: VisionStudy, network: Network, layer: str) -> dict[str, object]:
    """What a call or two give from a study of images."""
    data, tests = study.data, cw.EvidenceSettings(samples=9, resamples=9)
    samples = [data.picture(place) for place in range(3)]
    return {
        "study": study,
        "explanations": study.explain([0, 1, 2], quantile=0.2, max_length=2, report=silent),
        "evidence": study.evidence([0], tests, quantile=0.2, max_length=2, report=silent),
        "ranges": study.explain([0], ranges=2, max_length=1, report=silent),
        "unit": study[0],
        "units": study[:2],
        "top": study[0].top(3),
        "network": network,
        "layers": cw.list_layers(network),
        "response": network.respond(samples, layer),
        "summary": data.summary(report=silent),
        "counts": data.counts(report=silent),
        "examples": data.examples(data.concept_names[0], report=silent),
        "tests": tests,
        "layout": cw.Layout("maps"),
        "directions": cw.Directions(torch.eye(3), names=("a", "<b>", "c")),
    }
