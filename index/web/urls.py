"""One address for one article: what its addresses have in common, as a key.

    >>> article_key("http://m.example.org/2025/story/?utm_source=rss#comments")
    'https://example.org/2025/story'

Left out are: the scheme, `www.` and the like, AMP, tracking parameters, the fragment, a slash at
the end. What may tell two documents apart (`?id=1`, `?page=2`) stays. A key is for comparing, not
for fetching.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from w3lib.url import canonicalize_url

_HOSTS = re.compile(r"^(?:www[0-9]?|m|mobile|amp)\.(?=[^.]+\.[^.]+)|(?<=\.)m\.(?=[^.]+\.[^.]+$)")
_HOST = re.compile(r"(?=.*[a-z0-9])[a-z0-9._:-]+")
_AMP_CACHE = re.compile(
    r"https?://(?:[^/]+\.cdn\.ampproject\.org/[a-z]|(?:www\.)?google\.[a-z.]+/amp)/(s/)?(.+)"
)
_AMP_PATH = re.compile(r"^/amp(?=/.)|/amp/?$|\.amp(?=$|\.html?$)")
_INDEX = re.compile(r"/index\.html?$")
# Parameters that only say how a reader came: their names, as the senders document them
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|hsa|vero|oly|itm|wt|stm|at|mc)_.*|_?hs(?:enc|mi|ctatracking)|_ga|_gl|"
    r"(?:fb|g|d|tw|tt|ms|yc|ysc|tc|rd|scc|epi)cl(?:k|kt)?id|(?:g|w)braid|gclsrc|igsh(?:id)?|"
    r"mkt_tok|ncid|[ois]?cmp(?:id)?|[os]cid|smid|smtyp|sref|ref_(?:src|url)|amp|outputtype|"
    r"guccounter|guce_referrer(?:_sig)?|__twitter_impression|s_cid|xtor|linkid|taid|share_token",
    re.IGNORECASE,
)
# These say it too, but also name documents: only where the value has no number in it
_PERHAPS = frozenset("ref source src from via campaign feature share print rss feed output".split())


def article_key(url: str) -> str | None:
    """The key of the article at `url`; None where `url` is no http(s) address."""
    try:
        if cached := _AMP_CACHE.match(url):
            url = f"http{'s' if cached[1] else ''}://{cached[2]}"
        parts = urlsplit(canonicalize_url(url.strip()))
        port = parts.port
        path = urlsplit(urljoin("http://x/", parts.path)).path
    except (ValueError, UnicodeError):
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    if ":" in host:
        host = f"[{host}]"
    while (shorter := _HOSTS.sub("", host)) != host:
        host = shorter
    if port and port not in (80, 443):
        host = f"{host}:{port}"
    path = _INDEX.sub("", _AMP_PATH.sub("", path.rstrip("/")))
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _tracks(name, value)
    ]
    return f"https://{host}{path.rstrip('/')}" + (f"?{urlencode(query)}" if query else "")


def joined(base: str, link: str) -> str | None:
    """The address that a link on the page `base` leads to; None where it is none."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return None


def declared_key(url: str, declared: str | None) -> str | None:
    """The key of the page at `url`, whose markup says that its address is `declared`.

    What the page declares counts only where it can be true of this page alone: on the same site,
    below its front page, and with the numbers that the page's own address has.
    """
    own = article_key(url)
    said = article_key(joined(url, declared) or "") if declared else None
    if own is None or said is None or own == said:
        return own
    a, b = urlsplit(own), urlsplit(said)
    numbers = {pair for pair in parse_qsl(a.query) if re.search("[0-9]", pair[1])}
    if (
        a.netloc != b.netloc
        or not b.path
        or a.path.startswith(f"{b.path}/")
        or not (a.path != b.path or numbers <= set(parse_qsl(b.query)))
    ):
        return own
    return said


def _tracks(name: str, value: str) -> bool:
    return bool(_TRACKING.fullmatch(name)) or (
        name.lower() in _PERHAPS and not re.search("[0-9]", value)
    )
