"""The article of a web page: its text without navigation, title, publisher, both dates, author.

    bytes -> text, as its encoding is declared or measured -> tree without what is not the article
    -> trafilatura -> Draft, or SourceError that says what the page is instead

The only file that imports trafilatura, which extracts the article of a page. Consent walls, browser
checks, error pages, sign-up boxes, paywall stubs, lists of links and empty shells are no articles.
Reads no file and no network.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from index.errors import SourceError
from index.ingest.encoding import measured
from index.ingest.formats import Draft
from index.ingest.hygiene.boilerplate import SURE, Kind, kind_of, trimmed
from index.ingest.layout.blocks import line_of, not_shown, without_bombs
from index.ingest.layout.items import paragraphs, together
from index.ingest.layout.structure import article_blocks, keep_rows, posts_of, with_posts
from index.ingest.page_dates import dates_of
from index.web.urls import article_key, declared_key, joined

_HIDDEN = "//nav | //footer | //script | //style | //template | //noscript | //iframe"
_DIALOGS = "//dialog | //*[@role='dialog' or @role='alertdialog' or @aria-modal='true']"
_FEEDS = (
    "//link[contains(@rel, 'alternate') and (contains(@type, 'rss') or contains(@type, 'atom')"
    " or contains(@type, 'feed+json'))]/@href"
)
_CONTAINERS = frozenset("body div section aside main article header footer form dialog ul".split())
# Characters, and a share of them; none of these was measured on many pages
_DIALOG_TEXT, _STUB, _LINKED, _SCRAP = 4000, 700, 0.6, 150
_SAVE = "save the page from a browser and add that file"
_INSTEAD: dict[Kind, str] = {
    "consent": f"it asks for consent and shows no article: agree, {_SAVE}",
    "check": f"it checks for a browser and shows no article: {_SAVE}",
    "error": "it is an error page and no article: check the address",
    "signup": f"it asks to sign up and shows no article: {_SAVE}",
    "paywall": f"only its beginning is shown without a subscription: sign in, {_SAVE}",
}


def webpage(data: bytes, content_type: str = "", url: str | None = None) -> Draft:
    """The article of the page at `url`; title, publisher, dates and author as its markup has them.

    `content_type` is the header that came with it. What the page gives as its own address becomes
    the draft's, where it can be (`web/urls.py`).
    """
    import trafilatura

    for name in ("trafilatura", "htmldate", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # we report their problems ourselves
    markup = page_text(data, content_type)
    try:
        tree = trafilatura.load_html(without_bombs(markup))
    except Exception as error:  # parsers of foreign markup raise whatever they like
        raise SourceError(f"cannot read this page ({type(error).__name__})") from error
    if tree is None:
        raise _no_article()
    try:
        return _draft(tree, url)
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"cannot read this page ({type(error).__name__})") from error


def page_text(data: bytes, content_type: str = "") -> str:
    """The markup of a page, decoded as it declares, or where that is wrong as was measured."""
    from w3lib.encoding import html_to_unicode

    _, text = html_to_unicode(content_type, data, auto_detect_fun=_utf8)
    return measured(data) or text if "\ufffd" in text else text


def _utf8(data: bytes) -> str | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _draft(tree: Any, url: str | None) -> Draft:
    from copy import deepcopy

    place = joined(url or "", _first(tree, "//base/@href") or "") or ""
    said = _first(tree, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    address = joined(place, said) if said else None
    feeds = [link for href in tree.xpath(_FEEDS) if (link := joined(place, str(href)))]
    closed = _not_free(tree)
    scripts = len(tree.xpath("//script"))
    whole = deepcopy(tree)
    cut = _without_boilerplate(tree)
    keep_rows(tree)
    posts = posts_of(tree)
    page = _extracted(tree, url)
    if page is None and tree.xpath("//aside"):  # some sites keep the article in what is no aside
        for element in tree.iter("aside"):
            element.tag = "div"
        page = _extracted(tree, url)
    blocks = [] if page is None else with_posts(article_blocks(page.body), posts, whole)
    first = [line_of(heading) for heading in whole.iter("h1")]
    headings = {page and page.title, *(first if len(first) == 1 else ())}
    parts = paragraphs([block for block in blocks if block.text not in headings])
    before, parts, after = trimmed(parts)
    closed = closed or "paywall" in cut or any(kind_of(part)[0] == "paywall" for part in after)
    for part in (*before, *after):
        _count(cut, kind_of(part)[0], part)
    _require_article(parts, cut, closed, whole, scripts, feeds)
    assert page is not None
    host = (article_key(url or address or "") or "").partition("//")[2].partition("/")[0]
    published, changed = dates_of(whole)
    own = declared_key(url, address) if url else _own_key(address)
    return Draft(
        together(parts),
        title=page.title,
        url=address if address and article_key(address) == own else url or address,
        publisher=page.sitename if (page.sitename or "").removeprefix("www.") != host else None,
        published=published,
        author=page.author,
        modified=changed,
        known_by=own,
    )


def _own_key(address: str | None) -> str | None:
    """The key of a saved page: what it declares, unless that is the front page of a site."""
    key = article_key(address) if address else None
    return key if key and key.count("/") > 2 else None


def _extracted(tree: Any, url: str | None) -> Any:
    import trafilatura

    page = trafilatura.bare_extraction(
        tree,
        url=url,
        favor_precision=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False},
    )
    return None if page is None or isinstance(page, dict) or page.body is None else page


# -- what is not the article -------------------------------------------------------------------


def _without_boilerplate(tree: Any) -> dict[Kind, int]:
    """Take out of `tree` what is hidden, dialogs, and boxes whose text is no news.

    Returns how many characters of each kind were taken out.
    """
    cut: dict[Kind, int] = {}
    for element in [*tree.xpath(_HIDDEN), *filter(not_shown, tree.xpath("//*[@*]"))]:
        if element.tag not in ("html", "body"):
            _drop(element)
    boxes = tree.xpath(f"{_DIALOGS} | //form[.//input[@type='email' or @type='password']]")
    for element in boxes:
        text = line_of(element)
        if len(text) <= _DIALOG_TEXT and not element.xpath(".//article | .//main"):
            kind, _ = kind_of(text)
            _count(cut, kind, text)
            _drop(element)
    for element in list(tree.iter(*_CONTAINERS)):
        parts = [child for child in element if child.tag not in _CONTAINERS]
        own = " ".join([element.text or "", *(f"{line_of(p)} {p.tail or ''}" for p in parts)])
        own = " ".join(own.split())
        in_article = next(element.iterancestors("article", "main"), None) is not None
        if len(own) < 40 or (len(parts) < 2 and in_article):
            continue
        kind, none = kind_of(own)
        if none >= SURE:
            _count(cut, kind, own)
            element.text = None
            for part in parts:
                if part.tag != "h1":
                    part.tail = None
                    _drop(part)
    return cut


def _count(cut: dict[Kind, int], kind: Kind, text: str) -> None:
    cut[kind] = cut.get(kind, 0) + len(text)


def _require_article(
    parts: list[str],
    cut: dict[Kind, int],
    closed: bool,
    page: Any,
    scripts: int,
    feeds: list[str],
) -> None:
    """SourceError unless the paragraphs are an article."""
    left = sum(map(len, parts))
    kind, none = kind_of("\n".join(parts)) if parts else ("news", 0.0)
    if left < _STUB and closed:
        raise SourceError(_INSTEAD["paywall"])
    if parts and none >= SURE and left < 2 * _DIALOG_TEXT:
        raise SourceError(_INSTEAD[kind])
    if cut and left < max(_SCRAP, max(cut.values()) // 20):
        raise SourceError(_INSTEAD[max(cut, key=lambda kind: cut[kind])])
    if _linked(parts, page) >= _LINKED:
        feed = f": its feed is {feeds[0]}, add that" if feeds else ": add one of its articles"
        raise SourceError(f"it is a list of links and no article{feed}")
    if not parts:
        shown = [line_of(element) for element in page.xpath("//noscript")]
        body = len(line_of(page)) - sum(map(len, shown))
        if scripts and body < _SCRAP:
            raise SourceError(f"it is an empty shell that a browser fills: {_SAVE}")
        if feeds:
            raise SourceError(f"no article found in this page: its feed is {feeds[0]}, add that")
        raise _no_article()


def _no_article() -> SourceError:
    return SourceError("no article found in this page: save its text as .txt or .md instead")


def _linked(parts: list[str], page: Any) -> float:
    """How much of the text, 0 to 1, is the text of links."""
    links = {text for link in page.iter("a") if len(text := line_of(link)) > 15}
    whole = [" ".join(paragraph.lstrip("-•– \f").split()) for paragraph in parts]
    size = sum(map(len, whole))
    return sum(len(text) for text in whole if text in links) / size if size else 0.0


def _not_free(tree: Any) -> bool:
    """Whether the page's data says that it is not free to read (schema.org)."""
    return any(str(item.get("isAccessibleForFree")).lower() == "false" for item in _items(tree))


def _items(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD."""
    for script in tree.xpath("//script[@type='application/ld+json']/text()")[:20]:
        try:
            loaded = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in loaded if isinstance(loaded, list) else [loaded]:
            if isinstance(item, dict):
                yield item
                graph = item.get("@graph")
                yield from (
                    i for i in (graph if isinstance(graph, list) else ()) if isinstance(i, dict)
                )


def _drop(element: Any) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _first(tree: Any, *paths: str) -> str | None:
    return next(
        (str(v).strip() for path in paths for v in tree.xpath(path) if str(v).strip()), None
    )
