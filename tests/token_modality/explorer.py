"""An explorer of token texts: what a kind of study adds to what all explorers answer."""

from typing import Annotated

import traitlets
from msgspec import Meta

from compexp_widgets.study import ExplanationSettings
from compexp_widgets.widgets.kernel.messages import Done, Part, Request, finite
from compexp_widgets.widgets.kernel.router import Contract, Route
from compexp_widgets.widgets.shared.explanations import search_defaults, settings_label, study_fields
from compexp_widgets.widgets.shared.explorer import CARD, EVIDENCE, TABLE, ExplorerController, ExplorerWidget
from compexp_widgets.widgets.shared.messages import (
    CardMessage,
    CardSettings,
    EvidenceMessage,
    Hello,
    NamedConcept,
    Proof,
    Rows,
    SearchDefaults,
    StudyMessage,
)
from token_modality.drawing import drawn


class CardRequest(Request, tag="card"):
    settings: CardSettings
    texts: Annotated[int, Meta(ge=0, le=60)] = 12


class EvidenceRequest(Request, tag="evidence"):
    settings: CardSettings


class ExplainAll(Request, tag="explain_all"):
    settings: CardSettings


class DrawnText(Part):
    """A text with the tokens marked where the unit fires and where the formula holds."""

    text: int
    drawn: str


class TokenCard(CardMessage, tag="card", kw_only=True):
    texts: list[DrawnText]


class TokenController(ExplorerController):
    def settings(self, asked):
        names = ("quantile", "beam_size", "max_length", "metric")
        return ExplanationSettings.of(
            **{name: getattr(asked, name) for name in names},
            operators=tuple(asked.operators),
            exclude=asked.excluded_categories,
        )

    def describe_study(self, settings, rows):
        return StudyMessage(
            **study_fields(self.study),
            subtitle=f"{len(self.study.data)} texts",
            concepts=[NamedConcept(name=name, category=kind) for name, kind in self.study.category_of.items()],
            defaults=SearchDefaults(quantile=settings.quantile, **search_defaults(settings)),
            table_label=self.label(settings),
            rows=rows,
        )

    def draw(self, asked, subject):
        study, starts = self.study, self.study.units.starts
        fires = study.units.fires(subject.unit, subject.activity.limits)
        holds = study.table.truth(subject.shown)[study.units.positions] if subject.shown else [False] * len(fires)
        texts = []
        for text in subject.ranked[asked.settings.gallery][: asked.texts].tolist():
            tokens = slice(starts[text], starts[text + 1])
            texts.append(DrawnText(text=text, drawn=drawn(study.data.texts[text], fires[tokens], holds[tokens])))
        largest = finite(float(study.units.activations(subject.unit).max()))
        return TokenCard(**subject.fields, max_activation=largest, texts=texts), []

    def label(self, settings):
        return settings_label(f"quantile {settings.quantile}", settings)


class TokenExplorer(ExplorerWidget):
    """The units of a network of texts, one by one."""

    contract = Contract(
        "TokenExplorer",
        routes=(
            Route(Hello, TokenController.hello, (StudyMessage,)),
            Route(CardRequest, TokenController.card, (TokenCard, Proof), CARD, parts=(TokenCard,)),
            Route(EvidenceRequest, TokenController.evidence, (EvidenceMessage,), EVIDENCE),
            Route(ExplainAll, TokenController.explain_all, (Done,)),
        ),
        events=(Rows,),
        jobs=(TABLE,),
    )
    _esm = "export default {}"

    quantile = traitlets.Float(0.2).tag(sync=True)

    def __init__(self, study, **settings):
        super().__init__(study, lambda jobs: TokenController(study, jobs, self), **settings)
