"""One article under many addresses has one key; two documents have two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.web.urls import article_key, declared_key

ONE = "https://example.org/2025/03/12/norvale"


@pytest.mark.parametrize(
    "url",
    [
        ONE,
        "http://example.org/2025/03/12/norvale",
        "https://www.example.org/2025/03/12/norvale/",
        "https://m.example.org/2025/03/12/norvale",
        "https://mobile.example.org/2025/03/12/norvale",
        "https://amp.example.org/2025/03/12/norvale",
        "https://EXAMPLE.org:443/2025/03/12/norvale",
        "http://example.org:80/2025/03/12/norvale",
        f"{ONE}#comments",
        f"{ONE}?utm_source=feedburner&utm_medium=rss",
        f"{ONE}/?ncid=rss",
        f"{ONE}?fbclid=IwAR0abc",
        f"{ONE}?gclid=1&mc_cid=2&mc_eid=3&_hsenc=4&igshid=5&msclkid=6&mkt_tok=7",
        f"{ONE}?ref=homepage&source=rss",
        f"{ONE}/amp/",
        f"{ONE}/amp",
        f"{ONE}?amp=1",
        f"{ONE}?outputType=amp",
        "https://example.org/amp/2025/03/12/norvale",
        "https://www.google.com/amp/s/www.example.org/2025/03/12/norvale",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/2025/03/12/norvale",
        "https://example.org/2025/04/../03/12/norvale",
        "https://example.org/2025/03/12/%6eorvale",
        f" {ONE}\n",
    ],
)
def test_the_same_article(url: str) -> None:
    assert article_key(url) == ONE


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://example.org/doc?id=1", "https://example.org/doc?id=2"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a?page=1", "https://example.org/a?page=2"),
        ("https://example.org/a?ref=1", "https://example.org/a?ref=2"),
        ("https://example.org/a?cid=1", "https://example.org/a?cid=2"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://news.example.org/a", "https://blog.example.org/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://example.org/a?reference=1", "https://example.org/a?reference=2"),
        ("https://example.org/a?gallery=1", "https://example.org/a?gallery=2"),
        ("https://example.org/champ", "https://example.org/ch"),
    ],
)
def test_two_documents_stay_two(a: str, b: str) -> None:
    assert article_key(a) != article_key(b)


@pytest.mark.parametrize(
    "url", ["", "javascript:1", "mailto:a@b.c", "/a", "http://", "http://[::1"]
)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert article_key(url) is None


@pytest.mark.parametrize(
    ("url", "declared", "key"),
    [
        ("https://example.org/a?x=y", "https://example.org/a", "https://example.org/a"),
        ("https://example.org/amp-story", "/story", "https://example.org/story"),
        ("https://example.org/a", "https://other.example/a", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/", "https://example.org/a"),
        ("https://example.org/news/a", "https://example.org/news", "https://example.org/news/a"),
        ("https://example.org/doc?id=1", "/doc", "https://example.org/doc?id=1"),
        ("https://example.org/a", None, "https://example.org/a"),
        ("https://example.org/a", "javascript:1", "https://example.org/a"),
        ("https://example.org/a", "http://[", "https://example.org/a"),
    ],
)
def test_what_a_page_declares_counts_where_it_can_be_true(
    url: str, declared: str | None, key: str
) -> None:
    assert declared_key(url, declared) == key


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        key = article_key(url)
        assert key is None or article_key(key) == key
