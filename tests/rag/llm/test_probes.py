"""Probes: how they are fitted, what stands in for another model, and a real hidden state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from knowing import Knowing
from reading import understood
from scripted_writer import ScriptedWriter

from eval.fit.probes import fitted, packed, unpacked
from eval.fit.regression import auc, fit, left_out
from index.types import Article
from prompts import render
from rag.abstain.judge import stated_by
from rag.abstain.judgement import Judgement
from rag.evidence.sentence import EvidenceSentence
from rag.llm.llama import LlamaWriter
from rag.llm.load import load_writer
from rag.llm.probes import log_odds, odds_of
from rag.llm.writer import Writer
from rag.strategies import yesno

QUOTE = "(AINews, 2025-07-01) Meta bought 49 percent of Scale AI for 14.3 billion dollars."


def said(question: str) -> tuple[str, str]:
    return render("answer.system"), render("answer.user", evidence=QUOTE, question=question)


def test_another_models_own_odds_stand_in() -> None:
    def sure(share: float) -> Writer:
        return ScriptedWriter(lambda s, u: "", lambda s, u, o: {o[0]: share, o[1]: 1 - share})

    low, high = (log_odds(sure(p), "stated", "S", "U", "B") or 0 for p in (0.1, 0.99))
    assert -3 <= low < 0 < high <= 3  # one token that a model is sure of is no proof
    assert log_odds(sure(0.5), "stated", "S", "U", "B") is None
    assert odds_of(sure(0.9), "S", "U", "B") == (pytest.approx(math.log(9)), None)
    assert log_odds(sure(1.0), "yes", "S", "U", "B") == 3


def test_no_more_is_read_than_the_odds_call_for() -> None:
    writer = Knowing()
    whole = log_odds(writer, "stated", "S", "U", "B")
    assert log_odds(writer, "stated", "S", "U", "B", True) == whole
    told: list[float] = []

    def enough(odds: float) -> bool:
        told.append(odds)
        return len(told) == 1

    assert log_odds(writer, "stated", "S", "U", "B", enough) == whole
    assert log_odds(writer, "stated", "S", "U", "B", enough) == whole
    assert told == [whole, whole]
    assert writer.asked == ["choice", "state", "state", "more"]
    narrow = Knowing(12)  # a model of the same name and another width: its own odds stand in
    assert log_odds(narrow, "stated", "S", "U", "B", True) is None
    assert narrow.asked == ["state", "choice"]


@pytest.mark.parametrize(
    ("question", "chance", "hopeless", "asked"),
    [
        ("What share of Scale AI did Meta buy?", 0.9, False, ["more"]),
        ("What share of Scale AI did Meta buy?", 0.9, True, ["state"]),
        ("Did Meta buy 49% of Scale AI?", 0.9, False, ["state"]),
    ],
)
def test_the_quotes_are_read_in_part_where_no_draft_follows(
    question: str, chance: float, hopeless: bool, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    article = Article("a", "Meta bought 49 percent of Scale AI. It paid 14.3 billion.", "Meta")
    shown = [
        EvidenceSentence(article, 0, 35, article.text[:35], ""),
        EvidenceSentence(article, 36, 57, article.text[36:], ""),
    ]
    monkeypatch.setattr(Judgement, "chance", property(lambda self: chance))
    monkeypatch.setattr(Judgement, "hopeless", property(lambda self: hopeless))
    writer = Knowing()
    stated_by(writer, understood(question), shown, Judgement({"cosine": 1.0}))
    assert writer.asked == asked


def test_a_state_is_kept_as_text() -> None:
    state = np.linspace(-3, 3, 16, dtype=np.float32)
    assert np.allclose(unpacked(packed(state)), state, atol=0.01)


def test_weights_part_what_can_be_parted_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    right = rng.random(400) < 0.7
    table = rng.normal(size=(400, 5)) * [1, 10, 1, 1, 0.1] + np.outer(right, [1, 10, 0, 0, 0.1])
    groups = [str(i) for i in range(400)]
    bias, weights = fit(table, right, 1.0)
    assert auc(bias + table @ np.array(weights), right) > 0.85
    assert auc(left_out(table, right, groups, 1.0), right) > 0.85
    noise = rng.normal(size=(400, 300))  # fitted by heart, of no use for rows left out
    bias, weights = fit(noise, right, 100.0)
    assert auc(bias + noise @ np.array(weights), right) > 0.99
    assert auc(left_out(noise, right, groups, 100.0), right) < 0.65


def test_a_question_and_its_copy_without_answer_are_left_out_together() -> None:
    rng = np.random.default_rng(2)
    own = rng.normal(size=(200, 40)) * 9  # what is of the question and tells nothing
    table = np.vstack([own, own]) + rng.normal(size=(400, 40)) * 0.01
    right = np.repeat([True, False], 200)
    right[:100], right[200:300] = False, True
    groups = [str(i % 200) for i in range(400)]
    assert 0.3 < auc(left_out(table, right, groups, 1.0), right) < 0.7


def test_probes_are_fitted_on_what_is_read_of_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from rag.abstain.judgement import SIGNS

    rng = np.random.default_rng(3)
    rows: list[dict[str, Any]] = []
    for i in range(160):
        answerable = bool(rng.random() < 0.6)
        at = 2.0 if answerable else -2.0

        def told(at: float) -> dict[str, Any]:
            state = (rng.normal(size=12) + at).astype(np.float32)
            return {"odds": float(at + rng.normal()), "state": packed(state)}

        rows.append({
            "id": str(i), "answerable": answerable, "found": answerable, "stated": told(at),
            "signs": {name: float(rng.random() + answerable) for name in SIGNS},
            "holds": float(answerable), "lost": 0.0, "without": told(-2.0),
        })  # fmt: skip
        if i % 4 == 0:
            rows[-1] |= {"yes": i % 8 == 0, "said": told(1.0 if i % 8 == 0 else -1.0)}
    probes = fitted(rows, "some-model")
    assert (probes["model"], len(probes["briefs"]["weights"])) == ("some-model", 12)
    assert "briefs: 320 rows" in capsys.readouterr().out


@pytest.mark.model
def test_the_packaged_model_knows_what_the_quotes_state() -> None:
    writer = load_writer("auto")
    assert isinstance(writer, LlamaWriter) and writer.hidden is None
    begin = render("answer.stated")

    def stated(question: str) -> float:
        odds = log_odds(writer, "stated", *said(question), begin)
        assert odds is not None
        return odds

    told = stated("What share of Scale AI did Meta buy?")
    assert writer.hidden is not None and writer.hidden.shape == (1536,)
    assert told > 0 > stated("Who founded Scale AI?")
    # whatever was read before, the same prompt gives the same state
    assert stated("What share of Scale AI did Meta buy?") == told


@pytest.mark.model
def test_where_probes_alone_ask_less_is_read_and_the_same_found() -> None:
    writer = load_writer("auto")
    assert isinstance(writer, LlamaWriter)
    read: list[float] = []
    writer.watch = lambda tokens, seconds, written: read.append(tokens)
    one, other = said("Who founded Scale AI?"), said("What share of Scale AI did Meta buy?")
    stated, begin = render("answer.stated"), render("answer.begin")

    def told(prompt: tuple[str, str], enough: bool) -> tuple[float | None, float]:
        read.clear()
        odds = log_odds(writer, "stated", *prompt, stated, lambda odds: enough)
        return odds, sum(read)

    def draft() -> str:
        return "".join(writer.write(*other, begin=begin, max_tokens=12))

    told(one, False)  # the head is read and kept
    in_part, fewer = told(other, True)
    assert told(other, True) == (in_part, 0)  # it stands
    read.clear()
    agree = log_odds(writer, "agree", *other, begin, True)
    assert 0 < sum(read) < 8  # it goes on where the first probe was read
    after_less = draft()
    told(one, False)
    in_whole, more = told(other, False)
    assert in_part == in_whole and 0.6 * more < fewer < 0.75 * more
    assert told(other, True) == told(other, False) == (in_whole, 0)
    assert log_odds(writer, "agree", *other, begin) == agree
    assert draft() == after_less


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did Meta buy a share of Scale AI?", True), ("Did Meta buy 51% of Scale AI?", False),
        ("did meta pay over $10 billion for it", True), ("Was it Google that bought 49%?", False),
    ],
)  # fmt: skip
def test_yes_or_no(question: str, answer: bool) -> None:
    writer = load_writer("auto")
    assert writer is not None
    user = said(question)[1]
    told = yesno.told_by(writer, user)
    assert "Scale AI" in told
    assert (yesno.yes(writer, user, question, told) > 0) is answer


def test_words_of_denial_count_for_no() -> None:
    def even(system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        return {option: 1 / len(options) for option in options}

    writer = ScriptedWriter(lambda system, user: "", even)
    question = "Does Microsoft have a right of first refusal?"
    told = "Microsoft has a right of first refusal."
    denied = "Microsoft no longer has a right of first refusal."
    assert yesno.yes(writer, "", question, denied) < yesno.yes(writer, "", question, told)


NEAR = Article("a", "Meta bought 49 percent of Scale AI. Wang founded it.", None, None, "AINews")
CHOSEN = [EvidenceSentence(NEAR, 0, 35, NEAR.text[:35], ""),
          EvidenceSentence(NEAR, 36, 52, NEAR.text[36:], "")]  # fmt: skip


UNLIKELY = {
    "cosine": 0.5, "coverage": 0.6, "names": 1.0, "in_article": 1.0, "kind": 1.0, "dates": 1.0,
    "missing": 0.3, "distance": 0.3, "exact": 0.5, "absent": 0.0, "noun": 1.0,
}  # fmt: skip


def test_a_model_that_cannot_tell_is_asked_once() -> None:
    asked: list[str] = []

    def odds(system: str, user: str, options: Sequence[str]) -> dict[str, float]:
        asked.append(user)
        return dict.fromkeys(options, 0.5)

    writer = ScriptedWriter(lambda s, u: "", odds)
    told = stated_by(writer, understood("Who?"), CHOSEN, Judgement(UNLIKELY))
    assert told.stage == "evidence" and len(asked) == 1
