"""Whatever a page sends to any widget is answered once, in a sentence that is no traceback, and the widget goes on."""

import copy
import json

import msgspec
import pytest
from hostile_pairs import LAYER, hostile_pairs, pair_network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect
from page import Page
from tiny_network import tiny_network

import compexp_widgets as cw
from compexp_widgets import LexicalSettings
from compexp_widgets.progress import silent
from compexp_widgets.study import dissect_pairs

MAKE = {
    "VisionExplorer": lambda images, _pairs: cw.VisionExplorer(images),
    "NLIExplorer": lambda _images, pairs: cw.NLIExplorer(pairs, pair_network()),
    "PasteLab": lambda images, _pairs: cw.PasteLab(images, tiny_network()),
    "TextLab": lambda _images, pairs: cw.TextLab(pairs, pair_network()),
}

# What the declarations do not tell of: values with which a message gets past the reading, to what is done with it.
SENSIBLE = {
    "quantile": 0.1,
    "max_length": 1,
    "beam_size": 2,
    "operators": ["OR"],
    "images": [1],
    "source": "entailment",
    "target": "contradiction",
    "formula": "door",
    "query": "door",
    "edited": ["A man sleeps.", "Nobody sleeps."],
    "original": ["A man sleeps.", "A man sleeps."],
    "premise": "A man sleeps.",
    "hypothesis": "Nobody sleeps.",
}

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.integers(),
        st.sampled_from([2**53, -(2**53), 2**63, 10**40]),
        st.floats(),
        st.text(st.characters(), max_size=20),
        st.sampled_from(["\ud800", "0", "door OR", "(", "<b>", "x" * 10_000]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pairs") / "study"
    concepts = LexicalSettings(tokens=20)
    study = dissect_pairs(pair_network(), LAYER, hostile_pairs(), folder, concepts=concepts, report=silent)
    yield study
    study.close()


@pytest.fixture(scope="module")
def images(tiny_dataset, tmp_path_factory):
    study = cw.dissect(
        tiny_network(), "body.3", tiny_dataset, tmp_path_factory.mktemp("images") / "study", report=silent
    )
    yield study
    study.close()


@pytest.fixture(scope="module", params=MAKE)
def page(request, images, pairs):
    widget = MAKE[request.param](images, pairs)
    page = Page(widget)
    page.ask("hello")
    yield page
    widget.close()
    assert widget.jobs.wait(60)


def example(declared, name=""):
    """A message as the declaration asks for it."""
    plain = plainest(declared)
    fits = name in SENSIBLE and type(SENSIBLE[name]) is type(plain)
    return copy.deepcopy(SENSIBLE[name]) if fits else plain


def plainest(declared):  # noqa: PLR0911 - one line a type
    match declared:
        case inspect.Metadata():
            return example(declared.type)
        case inspect.UnionType():
            return example(declared.types[0])
        case inspect.StructType():
            tag = {declared.tag_field: declared.tag} if declared.tag_field else {}
            return tag | {field.encode_name: example(field.type, field.encode_name) for field in declared.fields}
        case inspect.LiteralType():
            return declared.values[0]
        case inspect.IntType():
            return declared.ge or 0
        case inspect.FloatType():
            return 0.5
        case inspect.StrType():
            return ""
        case inspect.BoolType():
            return False
        case inspect.TupleType():
            return [example(one) for one in declared.item_types]
        case inspect.ListType() | inspect.VarTupleType():
            return [example(declared.item_type)] if isinstance(declared.item_type, inspect.StructType) else []
        case inspect.DictType():
            return {}
    return None


def places(value):
    """Every dictionary or list within a message, with the keys in it."""
    found = []
    if isinstance(value, (dict, list)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        found += [(value, key) for key in keys]
        for key in keys:
            found += places(value[key])
    return found


@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_malformed_message_of_any_kind_is_answered_once_and_in_a_sentence(page, data):
    routes = page.widget.contract.routes
    route = data.draw(st.sampled_from(routes), label="route")
    content = example(inspect.type_info(route.request))
    kind = content.pop("type")
    for _ in range(data.draw(st.integers(0, 2), label="changes")):
        inside, key = data.draw(st.sampled_from([(content, "more"), *places(content)]))
        if data.draw(st.integers(0, 3), label="left out") == 0:
            inside.pop(key, None) if isinstance(inside, dict) else inside.clear()
        else:
            inside[key] = data.draw(JSON, label=str(key))
    content.pop("id", None)
    content = json.loads(json.dumps(content))
    buffers = [memoryview(data.draw(st.binary(max_size=20)))] if data.draw(st.booleans()) else []
    number = page.send(kind, *buffers, **{key: value for key, value in content.items() if key != "kind"})
    for name in page.widget.contract.cancellable:
        page.send("cancel", what=name)
    answer, _ = page.last(number, 120)
    assert answer.get("detail", "") == "", answer["detail"]
    if answer["type"] == "error":
        assert answer["message"].strip()
        assert len(answer["message"]) < 2_000


def test_every_request_is_answered_as_its_declaration_says(page):
    for route in page.widget.contract.routes:
        content = example(inspect.type_info(route.request))
        assert isinstance(msgspec.convert(content, route.request), route.request)
        content.pop("id")
        page.last(page.send(content.pop("type"), **content), 120)
