"""In a digest a sentence's evidence and context are of its own item, with the section's heading."""

from __future__ import annotations

import numpy as np
import pytest

from index.ingest.formats import markdown
from index.search import Nearness
from index.text.passages import passages, sentences
from index.types import Article, Hit
from rag.evidence.scoring import gather
from rag.evidence.sentence import EvidenceSentence
from rag.question.intent import understand


def read(source: str, question: str) -> dict[str, EvidenceSentence]:
    """The evidence sentences of a Markdown digest, by their text."""

    def encode(texts: list[str]) -> np.ndarray:
        return np.full((len(texts), 4), 0.5, np.float32)

    article = Article("a", markdown(source.encode()).text, "The week", None, "Modelwatch")
    spans = sentences(article.text)
    hits = [Hit(article, part, 1.0) for part in passages(article)]
    near = [Nearness(spans=spans, passage=0.5, sentences={}) for _ in hits]
    intent = understand(question, encode, [], [])
    return {e.text: e for e in gather(intent, hits, near, encode, lambda stem: 0.5)}


DIGESTS = [
    ("- Tessera Robotics opened a plant.\n- A seed round brought Ondine $40 million.",
     "How much did Tessera Robotics raise?", "A seed round brought Ondine $40 million.", "Tessera"),
    ("## Tessera Robotics\n\nIt opened a plant.\n\n## Ondine\n\nIt raised $40 million.",
     "How much did Tessera Robotics raise?", "It raised $40 million.", "Tessera"),
    ("Tessera Robotics opened a plant.\n\n---\n\nThe company raised $40 million.\n\n---\n\nBye.",
     "How much did Tessera Robotics raise?", "The company raised $40 million.", "Tessera"),
    ("| Firm | Valuation |\n| --- | --- |\n| Norvale | $6.1bn |\n| Loom | $2.3bn |",
     "At what is Norvale valued?", "Firm: Loom | Valuation: $2.3bn", "Norvale"),
    ("1. Zhao leads Norvale in Lyon.\n2. He earns $2 million there.",
     "How much does Zhao earn?", "He earns $2 million there.", "Zhao"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "question", "text", "other"), DIGESTS)
def test_one_items_figure_is_not_read_with_anothers_name(
    source: str, question: str, text: str, other: str
) -> None:
    e = read(source, question)[text]
    assert other not in e.context
    assert e.names < 1 and e.in_article < 1
    assert e.lead_in in (None, e.start)


def test_the_heading_of_the_section_is_context() -> None:
    found = read("## Norvale AI\n\n- Staff: 1,240 people\n- Seat: Oslo, Norway\n\n## Loom\n\nNo.",
                 "How many people work at Norvale AI?")  # fmt: skip
    e = found["Staff: 1,240 people"]
    assert "Norvale AI" in e.context and "Oslo" not in e.context
    assert e.names == 1
