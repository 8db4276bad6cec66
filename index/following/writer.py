"""A library that is opened when the first thing is written to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.library import Library
from index.library.followed import Followed
from index.library.tables.history import History, mark
from index.web.urls import article_key

if TYPE_CHECKING:
    from index.encoder import Encoder
    from index.types import Article


@contextmanager
def writing(path: Path, load: Callable[[], Encoder] | None = None) -> Iterator[Writer]:
    """A writer; what it wrote is indexed at the end. `load` gives an encoder loaded already."""
    with ExitStack() as stack:
        writer = Writer(path, stack, load)
        yield writer
        if writer.wrote:
            writer.refresh()


class Writer:
    """Writes articles and sources; makes the library if it is missing.

    The encoder is loaded for the first article, and before the library is made: where that fails
    no empty library is left.
    """

    def __init__(
        self, path: Path, stack: ExitStack, load: Callable[[], Encoder] | None = None
    ) -> None:
        self._path, self._stack, self._load = path, stack, load
        self._library: Library | None = None
        self._encoder: Encoder | None = None
        self.wrote = False

    def refresh(self) -> None:
        """Bring the vector index up to date with the articles."""
        from index.library import vectors

        vectors.refresh(self.library)

    @property
    def library(self) -> Library:
        """The library, opened for writing."""
        if self._library is None:
            opened = Library.open(self._path, create=True, write=True)
            self._library = self._stack.enter_context(opened)
        return self._library

    @property
    def followed(self) -> Followed:
        """What the library follows."""
        return Followed(self.library)

    def mark(self, article_id: str, *, gone: bool) -> bool:
        """Keep whether an article's page is gone; returns whether that is new."""
        if (History(self.library).gone(article_id) is not None) == gone:
            return False
        with self.library.transaction() as run:
            mark(run, article_id, gone=gone)
        return True

    def add(self, article: Article) -> tuple[Article, str]:
        """Commit an article; returns it with what became of it: added, unchanged or replaced.

        What is the same article under another address keeps the address that it has; the same text
        and title in a file of another name is unchanged, and the stored article is returned.
        """
        if self._encoder is None:
            from index import encoder

            self._encoder = (self._load or encoder.load_encoder)()
        if article.url:
            stored = self.library.article(article.id)
            if stored and stored.url and article_key(stored.url) == article_key(article.url):
                article = replace(article, url=stored.url)
            elif twin := self.library.twin(article):
                return twin, "unchanged"
        self.wrote = True
        return article, self.library.add(article, self._encoder)

    def add_from(self, source: str | None, article: Article) -> tuple[Article, str]:
        """The same for an article of a followed source (None: one that the user named).

        What the library has from elsewhere is left as it is: two feeds, or a feed and a file, would
        otherwise replace each other's text for ever.
        """
        stored = self.library.article(article.id)
        if source and stored and self.followed.owner(article.id) != source:
            return stored, "unchanged"
        if stored and not article.published and stored.published:
            article = replace(article, published=stored.published)
        return self.add(article)
