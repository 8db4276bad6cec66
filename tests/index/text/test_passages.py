"""Sentences and passages: exact offsets, nothing lost, limits kept."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.passages import MAX_TOKENS, passages, sentences, token_estimate, whole
from index.types import Article


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def cut(text: str, max_tokens: int = MAX_TOKENS) -> list[str]:
    return [passage.text for passage in passages(Article("a", text), max_tokens)]


# Each entry: the sentences, which joined by a space must come apart again.
@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. government said so.", "It left."],
        ["He lives in the U.S.", "He works there."],
        ["Mr. Zuckerberg met Dr. Li.", "They talked."],
        ["Meta Platforms Inc. said it paid $14.3 bn. for 49%.", "That is a lot."],
        ["It cost $2.4 bn. in 2024.", "Then it fell."],
        ["GPT-4.5 was released.", "It is new."],
        ["Revenue rose 3.5%.", "Profit fell to $1.2 million (vs. $1.4 million)."],
        ["At 5 p.m. he left.", "Nobody saw it."],
        ["J. K. Rowling wrote it.", "George W. Bush left."],
        ["The deal closed on Jan. 5.", "In Feb. it was signed."],
        ["Prices rose approx. 5 percent vs. 3 percent.", "No. 1 is OpenAI."],
        ["“We will win,” he said.", "“We will win.”", "Then he left."],
        ['"Is it true?" she asked.', '"Yes!" he said.'],
        ['She said: "It\'s over. We lost."', "They agreed."],
        ["He said it (really. He did).", "Then he left."],
        ["What?!", "No way...", "It is."],
        ["Yahoo! is a company.", "Node.js is not."],
        ["The same.", "The same.", "The same."],
        ["See example.com for it.", "It is new."],
        ["1. First item.", "2. Second item."],
    ],
)
def test_sentences_of_a_paragraph(expected: list[str]) -> None:
    assert split(" ".join(expected)) == expected


def test_a_wrapped_paragraph_is_one_but_headings_and_items_stand_alone() -> None:
    text = (
        "Scale AI\n"
        "\n"
        "Meta agreed to buy 49 percent of the company,\n"
        "which labels data. The price was not\n"
        "published.\n"
        "- first point of the list\n"
        "- second point\n"
        "\n\n"
        "The end"
    )
    assert split(text) == [
        "Scale AI",
        "Meta agreed to buy 49 percent of the company,\nwhich labels data.",
        "The price was not\npublished.",
        "- first point of the list",
        "- second point",
        "The end",
    ]


def test_long_lines_are_paragraphs_of_their_own() -> None:
    long = "The giant that is led by him has not been lucky of late in this industry, and " * 2
    text = (
        f"publication\n2025-06-12 09:34\nupdate\n2025-06-12 09:46\n{long}it shows.\nWho can help?"
    )
    assert split(text) == [
        "publication",
        "2025-06-12 09:34",
        "update",
        "2025-06-12 09:46",
        long + "it shows.",
        "Who can help?",
    ]


def test_a_long_quotation_is_split_inside() -> None:
    inner = "We saw the figures of the last quarter and they were better than what we hoped for."
    text = f'He said: "{inner} {inner} {inner}"'
    assert split(text) == [f'He said: "{inner}', inner, f'{inner}"']


def test_long_text_takes_linear_time() -> None:
    sentence = "Meta bought 49 percent of Scale AI in June for a large sum of money."
    text = " ".join([sentence] * 2000)
    began = time.perf_counter()
    assert split(text) == [sentence] * 2000
    for hostile in (".", "a", '"', "(", "“", "\n", "\n ", "1. ", "a.B ", "U.S. ", "'a "):
        passages(Article("a", hostile * 10_000))
    assert time.perf_counter() - began < 10


_ALPHABET = st.sampled_from(
    [
        *"aB3.!?,;:'\"“”’()[]-–•…\n\r\t \u00a0\u2028é世🤖&\\∯♬ȸ",
        "\n\n",
        "Mr. ",
        "U.S. ",
        "1) ",
        " The ",
    ]
)


@given(st.one_of(st.text(max_size=300), st.lists(_ALPHABET, max_size=120).map("".join)))
def test_spans_are_exact_and_lose_nothing(text: str) -> None:
    spans = sentences(text)
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert start < end and text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


_PARAGRAPH = st.lists(
    st.lists(st.sampled_from("Meta paid about 14.3 billion dollars Superintelligence 世 a".split()))
    .filter(bool)
    .map(lambda words: " ".join(words).capitalize() + "."),
    max_size=12,
).map(" ".join)


@given(st.lists(_PARAGRAPH, max_size=6).map("\n\n".join), st.integers(min_value=16, max_value=120))
def test_passages_keep_limits_and_hold_every_sentence(text: str, limit: int) -> None:
    found = passages(Article("a", text), limit)
    assert [p.text for p in found] == [text[p.start : p.end] for p in found]
    assert all(token_estimate(p.text) <= limit for p in found)
    assert sorted(found, key=lambda p: (p.start, p.end)) == found
    for start, end in sentences(text):
        if token_estimate(text[start:end]) <= limit:
            assert any(p.start <= start and end <= p.end for p in found)
        else:
            held = {i for p in found for i in range(p.start, p.end)}
            assert {i for i in range(start, end) if not text[i].isspace()} <= held


@given(st.text(max_size=2000))
def test_passages_of_any_text(text: str) -> None:
    held = {i for p in passages(Article("a", text), 40) for i in range(p.start, p.end)}
    assert {i for i, char in enumerate(text) if not char.isspace()} <= held


def test_short_text_is_one_passage_and_blank_text_none() -> None:
    assert cut("Meta paid 14.3 billion. It got 49%.\n\nScale AI labels data.") == [
        "Meta paid 14.3 billion. It got 49%.\n\nScale AI labels data."
    ]
    assert cut(" \n\t ") == []


def test_a_cut_prefers_the_end_of_a_paragraph() -> None:
    one = " ".join(f"Sentence number {n} of the first one." for n in range(7))
    two = " ".join(f"Sentence number {n} of the second one." for n in range(8))
    assert cut(f"{one}\n\n{two}", 80) == [one, two]


def test_a_cut_inside_a_paragraph_repeats_one_short_sentence() -> None:
    parts = [f"Sentence number {n} stands here." for n in range(12)]
    assert cut(" ".join(parts), 60) == [" ".join(parts[:6]), " ".join(parts[5:])]


def test_a_heading_goes_with_what_follows() -> None:
    text = "The price\n\nMeta paid 14.3 billion dollars.\n\nThe share\n\nIt got 49 percent of it."
    assert all("\n\n" in passage for passage in cut(text, 20))


def test_sizes_are_balanced() -> None:
    parts = [f"Sentence number {n} stands here now." for n in range(31)]
    sizes = [token_estimate(text) for text in cut(" ".join(parts), 100)]
    assert max(sizes) - min(sizes) <= 2 * token_estimate(parts[-1])


def test_a_sentence_that_is_too_long_is_cut_at_spaces() -> None:
    text = "word " * 400 + "end."
    found = cut(text, 100)
    assert all(re.fullmatch(r"(word ?)*(end\.)?", passage) for passage in found)
    assert " ".join(found) == text
    assert "".join(cut("x" * 3000, 100)) == "x" * 3000


def test_the_estimate_is_not_below_the_tokenizer_on_ordinary_news() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    from index.encoder import model_folder

    tokenizer = tokenizers.Tokenizer.from_file(str(model_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    for text in [
        "Meta agreed to invest $14.3 billion in Scale AI, taking a 49% stake, on June 12, 2025.",
        "OpenAI's annual revenue run rate hit $10 billion, up from about $5.5 billion last year.",
    ]:
        assert token_estimate(text) >= len(tokenizer.encode(text, add_special_tokens=False).ids)


@given(st.text(alphabet="Aab.! \n,", max_size=200))
def test_sentences_in_order_are_whole_already(text: str) -> None:
    assert whole(text, sentences(text)) == sentences(text)


def test_a_sentence_cut_for_its_length_is_whole_again() -> None:
    long = "Acme denied " + "this and that and " * 70 + "that it had paid $5 billion."
    text = f"One thing. {long} Another thing."
    (first, second, third) = sentences(text)
    cut = [(second[0], 600), (601, second[1])]
    assert whole(text, [first, *cut, third]) == [first, second, third]
    assert whole(text, [first, third]) == [first, third]
