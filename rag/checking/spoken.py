"""TODO: what rag.checking.spoken is."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.checking.items import Verdict
from rag.evidence.sentence import EvidenceSentence
from rag.figures import Figure


@dataclass(slots=True)
class Spoken:
    """One sentence to be said with the evidence that bears it out."""

    verdict: Verdict
    short: str | None = None
    figure: Figure | None = None
    also: list[EvidenceSentence] = field(default_factory=list)  # give the same value

    @property
    def cited(self) -> list[EvidenceSentence]:
        return [*self.verdict.cited, *self.also]
