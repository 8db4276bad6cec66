"""Scripted answers of every form, chosen by a word of the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.types import Check, Citation, Disagreement, DisagreementRow, Sentence

Cite = Callable[[int, str, str], Citation]


def form_of(question: str, cite: Cite) -> dict[str, Any] | None:
    """The fields of an answer to a question that names a form; None to any other."""
    for word, make in _FORMS.items():
        if word in question:
            return make(cite)
    return None


def _two(cite: Cite) -> list[Citation]:
    return [cite(1, "a1", "14.8"), cite(2, "a2", "15 billion")]


def _dated(form: str, days: list[str]) -> Callable[[Cite], dict[str, Any]]:
    def make(cite: Cite) -> dict[str, Any]:
        told = [
            ("Meta planned to put 15 billion dollars into Scale AI.", 2),
            ("Talks were not final.", 2),
            ("Meta paid close to 14.8 billion dollars.", 1),
        ]
        said = [
            Sentence(text=text, citations=[n], day=day or None, repaired=True)
            for (text, n), day in zip(told, days, strict=True)
        ]
        lines = [f"- **{s.day}** {s.text[:-1]} [{s.citations[0]}]." for s in said]
        return {
            "status": "answered", "form": form, "text": "\n".join(lines), "sentences": said,
            "citations": _two(cite),
        }  # fmt: skip

    return make


def _list(cite: Cite) -> dict[str, Any]:
    texts = ["Scale AI took 14.8 billion dollars.", "Its founder moves to Meta."]
    check = Check(kind="money", value="14.8 billion dollars", found_in=[1])
    said = [
        Sentence(text=texts[0], citations=[1], checks=[check]),
        Sentence(text=texts[1], citations=[1, 2], repaired=True),
    ]
    return {
        "status": "answered", "form": "list", "sentences": said, "citations": _two(cite),
        "text": f"- {texts[0][:-1]} [1].\n- {texts[1][:-1]} [1][2].",
    }  # fmt: skip


def _sides(cite: Cite) -> dict[str, Any]:
    said = [
        Sentence(
            text="Meta paid close to 14.8 billion dollars.", citations=[1], side="Example Wire"
        ),
        Sentence(text="Meta plans to put in 15 billion.", citations=[2], side="Morning Ledger"),
        Sentence(text="Talks were not final.", citations=[2], side="Morning Ledger"),
    ]
    return {
        "status": "answered", "form": "comparison", "sentences": said, "citations": _two(cite),
        "text": "**Example Wire**\n- Meta paid close to 14.8 billion dollars [1].\n"
        "**Morning Ledger**\n- Meta plans to put in 15 billion [2].\n- Talks were not final [2].",
    }  # fmt: skip


def _prose(form: str) -> Callable[[Cite], dict[str, Any]]:
    def make(cite: Cite) -> dict[str, Any]:
        texts = ["Meta bought 49% of Scale AI.", "The talks had not been final."]
        said = [Sentence(text=texts[0], citations=[1]), Sentence(text=texts[1], citations=[2])]
        text = "Meta bought 49% of Scale AI [1]. The talks had not been final [2]."
        return {
            "status": "answered", "form": form, "sentences": said, "citations": _two(cite),
            "text": text,
        }  # fmt: skip

    return make


def _notice(cite: Cite) -> dict[str, Any]:
    return {"status": "answered", "form": "notice", "text": "The library holds 3 articles."}


def _contested(cite: Cite) -> dict[str, Any]:
    """Five accounts of one sum over time, from publishers with long names."""
    citations = _two(cite)
    values = [
        ("$14.8 billion", 14.8e9, 1, "2025-06-13", "completed", None),
        ("15 billion dollars", 15e9, 2, "2025-06", "planned", "update"),
        ("$14.3 billion", 14.3e9, 2, "2025-06-20", "announced", "conflict"),
        ("nearly 29 billion US dollars", 29e9, 2, "2025-09-01", "reported", "conflict"),
        ("some $15bn", 15e9, 1, "2025-10-27", "reported", "rounding"),
    ]
    rows = [
        DisagreementRow(
            value=v, normalized=n, unit="USD", quote=citations[c - 1].quote, citation=c,
            published=p, event_status=s, kind=k,  # type: ignore[arg-type]
        )
        for v, n, c, p, s, k in values
    ]  # fmt: skip
    return {
        "status": "disputed",
        "text": "Meta paid close to 14.8 billion dollars [1].",
        "short": "14.8 billion USD",
        "sentences": [Sentence(text="Meta paid close to 14.8 billion dollars.", citations=[1])],
        "citations": citations,
        "disagreements": [
            Disagreement(
                about="how much did Meta pay in all for its stake in Scale AI",
                kind="conflict", reason="two values of one past event", rows=rows,
            )
        ],
    }  # fmt: skip


_FORMS: dict[str, Callable[[Cite], dict[str, Any]]] = {
    "timeline": _dated("timeline", ["", "2025-06-10", "2025-06-13"]),
    "what is new": _dated("news", ["2025-06-13", "2025-06-13", "2025-06-10"]),
    "list": _list,
    "compare": _sides,
    "summarize": _prose("summary"),
    "explain": _prose("explanation"),
    "how many articles": _notice,
    "contested": _contested,
}
