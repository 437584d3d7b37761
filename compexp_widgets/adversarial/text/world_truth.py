"""The true label of an edited pair of the NLI world, where its scenes and claims tell: by construction, no guess."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from compexp_widgets.adversarial.text.changes import tracked_changes
from compexp_widgets.adversarial.text.rules import LabelRule, Proposal
from compexp_widgets.adversarial.text.sentences import Sentence
from compexp_widgets.concepts.lexicon.concepts import word_of
from compexp_widgets.data.pairs.dataset import Tokens
from compexp_widgets.demo.nli_world.additions import (
    BEFORE_ANIMALS,
    BEFORE_CHILDREN,
    BEFORE_PEOPLE,
    BEFORE_THINGS,
    PURPOSES,
)
from compexp_widgets.demo.nli_world.meaning import PLURAL, Addition, Claim, Somebody
from compexp_widgets.demo.nli_world.pairs import PROBE_PREMISES, WrittenPair, write_pairs
from compexp_widgets.demo.nli_world.truth import judge


class WorldTruth:
    """The truth about pairs of the NLI world (see `write_pairs`) after some edits.

    It knows three: a quality of the world before a noun ("tall"), a purpose of the world at the end ("to win a bet"),
    and "nobody" in place of the subject. For everything else it says that it does not know.
    """

    def __init__(self, split: str = "probe", premises: int = PROBE_PREMISES) -> None:
        self._split, self._premises = split, premises

    @cached_property
    def _pairs(self) -> dict[tuple[Tokens, Tokens], WrittenPair]:
        return {(one.premise, one.hypothesis): one for one in write_pairs(self._split, self._premises)}

    def label(self, premise: Tokens, hypothesis: Tokens) -> str | None:
        """The true label of a pair as it was written; None for one that was not."""
        written = self._pairs.get((premise, hypothesis))
        return written.label if written else None

    def label_after(self, premise: Tokens, hypothesis: Tokens, edited: Tokens) -> str | None:
        """The true label of a pair whose hypothesis has been edited; None where it is not known."""
        written = self._pairs.get((premise, hypothesis))
        if written is None or written.claim.who is None or written.claim.denied:
            return None
        claims = _claims_after(written.claim, written.claim.who, hypothesis, edited)
        if any(claim.addition is not None for claim in claims) and (written.claim.addition or written.scene.addition):
            # Two additions are more than a claim holds; but what is false with one of them is false with both.
            without = judge(written.scene, replace(written.claim, addition=None))
            return without if without == "contradiction" else None
        labels = {judge(written.scene, claim) for claim in claims}
        if "contradiction" in labels:
            return "contradiction"
        return labels.pop() if len(labels) == 1 else None

    def rule(self) -> LabelRule:
        """Only edits after which the label is known, and the same."""
        return LabelRule(
            "true by construction",
            "The scene behind the premise is asked whether the label is still the same: exact, for edits that the NLI "
            "world knows.",
            self._allows,
        )

    def _allows(self, proposal: Proposal) -> bool:
        before = self.label(proposal.premise, proposal.hypothesis)
        after = self.label_after(proposal.premise, proposal.hypothesis, proposal.edited)
        return before is not None and before == after


def _claims_after(claim: Claim, who: Somebody, hypothesis: Tokens, edited: Tokens) -> tuple[Claim, ...]:
    """The claims of the hypothesis after the edit, all of them; none where that is not known."""
    before, after = Sentence.of(hypothesis), Sentence.of(edited)
    runs = tracked_changes(*(tuple({"an": "a"}.get(word, word) for word in one.words) for one in (before, after)))
    changed = [run for run in runs if run.kind != "keep"]
    if len(changed) == 1 and changed[0].kind == "insert":
        text = " ".join(changed[0].tokens).lower()
        if text in _ENDINGS and runs[-1] is changed[0]:
            return (replace(claim, addition=Addition("end", text)),)
        place = after.words.index(changed[0].tokens[0])
        if text in _QUALITIES and after.tags[place + 1 : place + 2] and after.tags[place + 1].startswith("NN"):
            return (replace(claim, addition=Addition("kind", text)),)
        return ()
    subject = before.subject()
    if subject is None or "being" in hypothesis or claim.addition or claim.alone or who.mood:
        return ()
    begin, end = subject
    if tuple(map(word_of, after.words)) != tuple(map(word_of, (*before.words[:begin], "nobody", *before.words[end:]))):
        return ()
    # Age, number and coat stood in the subject; what is behind the noun, such as clothes, is still there.
    anybody = Somebody("person", garment=who.garment, garment_colour=who.garment_colour, feature=who.feature)
    return tuple(
        replace(claim, who=replace(anybody, number=number, deeds=who.deeds), denied=True, definite=False)
        for number in (1, PLURAL)
    )


_QUALITIES = frozenset((*BEFORE_PEOPLE, *BEFORE_CHILDREN, *BEFORE_ANIMALS)) | {
    text for texts in BEFORE_THINGS.values() for text in texts if "{" not in text
}
_ENDINGS = frozenset(text for texts in PURPOSES.values() for text in texts if "{" not in text)
