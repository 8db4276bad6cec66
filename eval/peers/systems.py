"""The systems that `eval.peers` asks: Dateline and others, on the same articles and model.

    name of a model, articles -> a system, loaded -> a function: question -> what it said

A peer is set up as in its quick start, but with a local model and encoder instead of online ones,
and with as many threads as Dateline has (llama-cpp-python's default is half of the cores).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.llm.threads import cores

if TYPE_CHECKING:
    from index.types import Article

PROMPT_TOKENS = 600  # of passages in the plain prompt; not measured
MAX_TOKENS = 256  # of an answer; not measured


class Said(NamedTuple):
    """What a system says: its text, the sources shown, seconds to the first useful text.

    Only Dateline has a status and a short answer, as `rag.types.Answer`.
    """

    text: str
    sources: list[str]
    first: float
    status: str | None = None
    short: str | None = None


Ask = Callable[[str], Said]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The articles asked about: of a corpus file, or bundled ones, briefs or `whole` articles."""

    corpus: Path | None = None
    whole: bool = False

    def library(self) -> Path:
        """Folder of their library; built once."""
        from eval.libraries import bundled
        from eval.realnews.asking import articles_library

        if self.corpus is None and not self.whole:
            return bundled()
        return articles_library(self.corpus)

    def articles(self) -> list[Article]:
        """The articles themselves, for systems with an index of their own."""
        from eval.libraries import briefs
        from eval.multihop.corpus import articles_of
        from index.library import Library

        if self.corpus is not None:
            return articles_of(self.corpus)
        if not self.whole:
            return briefs()
        with Library.open(self.library()) as library:
            return list(library.articles())


def dateline(model: str | None, shelf: Shelf) -> Ask:
    """This project with its defaults."""
    from rag.dateline import Dateline
    from rag.events import Done, Evidence
    from rag.types import Question

    engine = Dateline.open(shelf.library(), model)

    def ask(question: str) -> Said:
        began, first, answer = time.perf_counter(), 0.0, None
        for event in engine.stream(Question(question=question)):
            if isinstance(event, Evidence):
                first = time.perf_counter() - began
            elif isinstance(event, Done):
                answer = event.answer
        assert answer is not None
        refused = answer.status == "unanswerable"  # then a citation is only what comes nearest
        sources = [] if refused else [c.quote for c in answer.citations]
        return Said(answer.text, sources, first, answer.status, answer.short)

    return ask


def plain(model: str | None, shelf: Shelf) -> Ask:
    """The best passages of Dateline's search, cut to 600 tokens, and the question; nothing else."""
    from index.encoder import load_encoder
    from index.library import Library
    from index.search import Searcher

    llama, searcher = _llama(model), Searcher(Library.open(shelf.library()), load_encoder())

    def ask(question: str) -> Said:
        began, first, text = time.perf_counter(), 0.0, ""
        hits = searcher.search(question, 8)
        sources = [f"{_heading(hit.article)}\n{hit.passage.text}" for hit in hits]
        ids = llama.tokenize("\n\n".join(sources).encode())[:PROMPT_TOKENS]
        evidence = llama.detokenize(ids).decode("utf-8", "replace")
        said = [
            {"role": "system", "content": "Answer the question from the articles. If they do not "
             "hold the answer, say that you do not know."},
            {"role": "user", "content": f"{evidence}\n\nQuestion: {question}"},
        ]  # fmt: skip
        reply = llama.create_chat_completion(
            said, max_tokens=MAX_TOKENS, temperature=0, stream=True
        )
        for chunk in reply:
            piece = chunk["choices"][0]["delta"].get("content") or ""
            first = first or (time.perf_counter() - began if piece else 0.0)
            text += piece
        return Said(text, [s for s in sources if s[:60] in evidence], first)

    return ask


def llama_index(model: str | None, shelf: Shelf, cited: bool = False) -> Ask:
    """LlamaIndex as its quick start has it, with a local model and a local encoder."""
    from llama_index.core import Document, Settings, VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.llama_cpp import LlamaCPP

    from index.encoder import model_folder

    def chat(messages: Sequence[Any]) -> str:
        turns = "".join(f"<|im_start|>{m.role.value}\n{m.content}<|im_end|>\n" for m in messages)
        return f"{turns}<|im_start|>assistant\n"

    Settings.llm = LlamaCPP(
        model_path=str(_file(model)), temperature=0.0, max_new_tokens=MAX_TOKENS,
        context_window=3900, verbose=False, model_kwargs={"n_threads": cores()},
        messages_to_prompt=chat,
        completion_to_prompt=lambda text: (
            f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"
        ),
    )  # fmt: skip
    Settings.embed_model = HuggingFaceEmbedding(model_name=str(model_folder()))
    documents = [
        Document(
            text=article.text,
            metadata={
                "title": article.title or "",
                "publisher": article.publisher or "",
                "published": article.published or "",
            },
        )
        for article in shelf.articles()
    ]
    index = VectorStoreIndex.from_documents(documents)
    engine: Any = (
        CitationQueryEngine.from_args(index, streaming=True)
        if cited
        else index.as_query_engine(streaming=True)
    )

    def ask(question: str) -> Said:
        began, first, text = time.perf_counter(), 0.0, ""
        response = engine.query(question)
        for piece in response.response_gen:
            first = first or time.perf_counter() - began
            text += piece
        sources = [node.node.get_content() for node in response.source_nodes]
        if cited:
            named = {int(n) for n in re.findall(r"\[(\d+)\]", text)}
            sources = [s for n, s in enumerate(sources, 1) if n in named]
        return Said(text, sources, first)

    return ask


def haystack(model: str | None, shelf: Shelf) -> Ask:
    """Haystack's documented pipeline: splitter, retriever, prompt, chat generator of llama.cpp.

    The prompt has each document's title, publisher and date as well. The vectors come from
    Dateline's ONNX copy of the encoder, which is faster than the encoder that Haystack would load.
    """
    from haystack import Document, Pipeline
    from haystack.components.builders import ChatPromptBuilder
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.dataclasses import ChatMessage
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.generators.llama_cpp import LlamaCppChatGenerator

    from index.encoder import load_encoder

    encoder = load_encoder()
    store = InMemoryDocumentStore()
    whole = [
        Document(content=article.text, meta={"heading": _heading(article)})
        for article in shelf.articles()
    ]
    pieces = DocumentSplitter().run(documents=whole)["documents"]
    vectors = encoder.encode([piece.content or "" for piece in pieces])
    store.write_documents([
        Document(content=piece.content, meta=piece.meta, embedding=vector.tolist())
        for piece, vector in zip(pieces, vectors, strict=True)
    ])  # fmt: skip
    template = [ChatMessage.from_user(
        "Given the following information, answer the question.\n\nContext:\n"
        "{% for document in documents %}{{ document.meta.heading }}\n{{ document.content }}\n"
        "{% endfor %}\n"
        "Question: {{question}}\nAnswer:"
    )]  # fmt: skip
    generator = LlamaCppChatGenerator(
        model=str(_file(model)), n_ctx=4096,
        model_kwargs={"verbose": False, "n_threads": cores()},
        generation_kwargs={"max_tokens": MAX_TOKENS, "temperature": 0},
    )  # fmt: skip
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store))
    pipeline.add_component(
        "prompt", ChatPromptBuilder(template=template, required_variables=["question", "documents"])
    )
    pipeline.add_component("llm", generator)
    pipeline.connect("retriever.documents", "prompt.documents")
    pipeline.connect("prompt.prompt", "llm.messages")

    def ask(question: str) -> Said:
        began = time.perf_counter()
        vector = encoder.encode([question])[0].tolist()
        given = {"retriever": {"query_embedding": vector}, "prompt": {"question": question}}
        found = pipeline.run(given, include_outputs_from={"retriever"})
        sources = [document.content for document in found["retriever"]["documents"]]
        return Said(found["llm"]["replies"][0].text, sources, time.perf_counter() - began)

    return ask


def _heading(article: Article) -> str:
    told = (article.title, article.publisher, article.published)
    return ", ".join(part for part in told if part)


def _file(model: str | None) -> Path:
    from index.errors import UsageError
    from index.settings import settings
    from rag.llm.spec import resolve

    found = resolve(model or settings().model)
    if not isinstance(found, Path):
        raise UsageError("the peers need a .gguf file: give --model auto or a path")
    return found


def _llama(model: str | None) -> Any:
    from llama_cpp import Llama

    return Llama(str(_file(model)), n_ctx=4096, n_threads=cores(), verbose=False)


SYSTEMS: dict[str, Callable[[str | None, Shelf], Ask]] = {
    "dateline": dateline,
    "plain": plain,
    "llama-index": llama_index,
    "llama-index-cited": lambda model, shelf: llama_index(model, shelf, cited=True),
    "haystack": haystack,
}
