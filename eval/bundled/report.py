"""The HTML report of a run of the bundled questions: one file that loads no other.

    rows, metrics, gates -> charts (SVG), tables, every row -> index.html

Texts come from articles, questions and a model, so all of them are escaped. Rows are judged in
`bundled/questions.py` and scored in `bundled/scores.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.bundled.gates import Gate
from eval.harness import Row, shown, write_text
from eval.judging.metrics import ANSWER_METRICS

_OUTCOMES = ("right", "abstained", "wrong")


def write_report(
    path: Path,
    metrics: Mapping[str, Any],
    by_type: Mapping[str, Any],
    settings: Mapping[str, Any],
    rows: Sequence[Row],
    gates: Sequence[Gate] = (),
) -> None:
    """Write the page to `path`; DatelineError when the disk refuses."""
    write_text(path, page(metrics, by_type, settings, rows, gates))


def page(
    metrics: Mapping[str, Any],
    by_type: Mapping[str, Any],
    settings: Mapping[str, Any],
    rows: Sequence[Row],
    gates: Sequence[Gate] = (),
) -> str:
    """The page as HTML: headline, charts, tables, failing rows, right rows, settings."""
    failing = [row for row in rows if not row["right"] or row["invariants"]]
    passing = [row for row in rows if row["right"] and not row["invariants"]]
    model = settings.get("model_file") or settings.get("model") or "no model"
    commit = str(settings.get("commit") or "no commit")
    lead = f"{len(rows)} questions · {model} · {commit[:12]}"
    parts = [
        "<h1>Dateline on the bundled questions</h1>",
        f'<p class="lead">{escape(lead)}</p>',
        _cards(metrics),
        "<h2>Answers by kind</h2>",
        f"<figure>{kinds_chart(by_type)}</figure>{_legend()}",
        _kinds_table(by_type),
        "<h2>Metrics with 95% intervals</h2>",
        f"<figure>{intervals_chart(metrics)}</figure>",
        "<h2>Time to the evidence and to the answer</h2>",
        f"<figure>{times_chart(rows)}</figure>",
        _timings_table(metrics),
    ]
    if gates:
        parts += ["<h2>Gates</h2>", _gates_table(gates)]
    parts.append(f"<h2>Not right ({len(failing)})</h2>")
    parts += [_row(row) for row in failing] or ['<p class="soft">None.</p>']
    parts.append(f"<h2>Right ({len(passing)})</h2>")
    parts += [_row(row) for row in passing] or ['<p class="soft">None.</p>']
    settings_text = json.dumps(settings, indent=2, ensure_ascii=False)
    parts.append(f"<h2>Settings</h2><pre>{escape(settings_text)}</pre>")
    css = (files("eval.bundled") / "report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Dateline evaluation</title><style>{css}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def kinds_chart(by_type: Mapping[str, Any]) -> str:
    """Stacked bars: right, abstained and wrong as shares of each kind."""
    left, width, step = 140, 560, 28
    marks = []
    for line, (kind, row) in enumerate(by_type.items()):
        top, x = line * step, float(left)
        marks.append(
            f'<text x="{left - 10}" y="{top + 16}" text-anchor="end">{escape(kind)}</text>'
        )
        for name in _OUTCOMES:
            part = width * row[name] / row["n"] if row["n"] else 0
            if part:
                marks.append(
                    f'<rect class="{name}" x="{x:.1f}" y="{top + 3}" width="{part:.1f}" height="18"'
                    f' rx="2"><title>{escape(kind)}: {row[name]} {name}</title></rect>'
                )
            x += part
        count = f"{row['right']}/{row['n']}"
        marks.append(f'<text class="soft" x="{left + width + 10}" y="{top + 16}">{count}</text>')
    return _svg(left + width + 60, len(by_type) * step + 4, marks, "Outcomes by kind")


def intervals_chart(metrics: Mapping[str, Any]) -> str:
    """One dot for each metric, with its bootstrap interval, on a scale from 0 to 1."""
    left, width, step = 170, 480, 28
    names = [name for name in ANSWER_METRICS if metrics.get(name) is not None]
    height = len(names) * step + 22
    marks = []
    for tenth in range(0, 11, 2):
        x = left + width * tenth / 10
        marks.append(f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{height - 20}"/>')
        marks.append(
            f'<text class="soft" x="{x}" y="{height - 4}" text-anchor="middle">'
            f"{tenth / 10:g}</text>"
        )
    for line, name in enumerate(names):
        y, value = line * step + 14, float(metrics[name])
        interval = metrics["intervals"].get(name)
        marks.append(f'<text x="{left - 12}" y="{y + 4}" text-anchor="end">{escape(name)}</text>')
        if interval:
            low, high = (left + width * max(0.0, end) for end in interval)
            marks.append(
                f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
            )
        x = left + width * max(0.0, value)
        marks.append(f'<circle class="accent" cx="{x:.1f}" cy="{y}" r="5"/>')
        ends = f" ({shown(interval[0])} - {shown(interval[1])})" if interval else ""
        marks.append(
            f'<text x="{left + width + 14}" y="{y + 4}">{shown(value)}'
            f'<tspan class="soft">{escape(ends)}</tspan></text>'
        )
    return _svg(left + width + 200, height, marks, "Metrics with intervals")


def times_chart(rows: Sequence[Row]) -> str:
    """A histogram of the whole time an answer took, in seconds."""
    times = [row["answer"]["timings"]["total_ms"] / 1000 for row in rows if "answer" in row]
    if not times:
        return '<p class="soft">No answers were timed.</p>'
    bins, width, height, left = 24, 620, 120, 40
    top = max(max(times), 0.1)
    counts = [0] * bins
    for seconds in times:
        counts[min(bins - 1, int(bins * seconds / top))] += 1
    marks = []
    for number, count in enumerate(counts):
        tall = height * count / max(counts)
        marks.append(
            f'<rect class="accent" x="{left + width * number / bins:.1f}"'
            f' y="{height - tall + 14:.1f}" width="{width / bins - 2:.1f}" height="{tall:.1f}"'
            f' rx="2"><title>{count} answers in'
            f" {top * number / bins:.1f}-{top * (number + 1) / bins:.1f} s</title></rect>"
        )
    for part in range(5):
        x = left + width * part / 4
        label = f"{top * part / 4:.1f} s"
        marks.append(
            f'<text class="soft" x="{x}" y="{height + 32}" text-anchor="middle">{label}</text>'
        )
    marks.append(f'<text class="soft" x="0" y="20">{max(counts)}</text>')
    return _svg(left + width + 40, height + 40, marks, "Time to the answer")


def _svg(width: int, height: int, marks: Sequence[str], label: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(label)}">{"".join(marks)}</svg>'
    )


def _cards(metrics: Mapping[str, Any]) -> str:
    names = [*ANSWER_METRICS, "twin_accuracy", "invariants_broken"]
    cards = [
        f'<div class="card"><b>{shown(metrics.get(name))}</b><span>{escape(name)}</span></div>'
        for name in names
    ]
    return f'<div class="cards">{"".join(cards)}</div>'


def _legend() -> str:
    items = [f'<span><i style="background:var(--{name})"></i>{name}</span>' for name in _OUTCOMES]
    return f'<div class="legend">{"".join(items)}</div>'


def _kinds_table(by_type: Mapping[str, Any]) -> str:
    names = ("n", *_OUTCOMES, "accuracy", "crag_score")
    return _table(
        ("kind", *names),
        [[kind, *(shown(row[name]) for name in names)] for kind, row in by_type.items()],
    )


def _timings_table(metrics: Mapping[str, Any]) -> str:
    kept = metrics["timings"]
    lines = [
        [name, *("n/a" if (v := kept[f"{name}_{p}"]) is None else f"{v:.0f} ms" for p in _PERCENTS)]
        for name in ("evidence_ms", "first_token_ms", "total_ms")
    ]
    return _table(("", *_PERCENTS), lines)


_PERCENTS = ("p50", "p95")


def _gates_table(gates: Sequence[Gate]) -> str:
    head = "<tr><th>gate</th><th>limit</th><th>value</th><th></th></tr>"
    body = "".join(
        f"<tr><td>{escape(gate.metric)}</td><td>{gate.bound} {gate.limit:g}</td>"
        f"<td>{shown(gate.value)}</td>"
        f'<td class="{"ok" if gate.passed else "fell"}">{"ok" if gate.passed else "fell"}</td></tr>'
        for gate in gates
    )
    return f"<table>{head}{body}</table>"


def _table(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _row(row: Row) -> str:
    """One question: expected and actual answer, quotes, dropped sentences, passages."""
    expected = [" / ".join(group) for group in [row["answers"], *row["all_of"]] if group]
    answer = row.get("answer") or {}
    gold = [item["sentence"] for item in row["evidence"]]
    items = [
        ("expected", escape("; ".join(expected) or "that the library does not hold it")),
        ("got", f"{escape(_got(row))}"),
        ("why", escape(row["reason"] or "right")),
        ("broken", _list([escape(text) for text in row["invariants"]])),
        ("gold", _list([escape(sentence) for sentence in gold])),
        ("quotes", "".join(_quote(citation) for citation in answer.get("citations", []))),
        (
            "dropped",
            _list([escape(f"{d['text']} ({d['reason']})") for d in answer.get("dropped", [])]),
        ),
        ("passages", _list([_hit(hit, gold) for hit in row["hits"]], ordered=True)),
    ]
    broken = '<span class="tag wrong">breaks a rule</span>' if row["invariants"] else ""
    described = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in items if value)
    return (
        f'<details id="{escape(row["id"], quote=True)}"><summary>'
        f'<span class="tag {row["outcome"]}">{row["outcome"]}</span>{broken}'
        f'<span class="question">{escape(row["question"])}</span>'
        f'<span class="soft">{escape(row["kind"])} · {escape(row["id"])}</span></summary>'
        f'<div class="inside"><dl>{described}</dl></div></details>'
    )


def _got(row: Row) -> str:
    if "answer" not in row:
        return "nothing"
    short = f" (short: {row['short']})" if row["short"] is not None else ""
    return f"{row['status']}: {row['text']}{short}"


def _quote(citation: Mapping[str, Any]) -> str:
    where = " · ".join(
        str(citation[name]) for name in ("title", "publisher", "published") if citation[name]
    )
    return (
        f"<blockquote>[{citation['id']}] {escape(citation['quote'])}"
        f"<small>{escape(where)}</small></blockquote>"
    )


def _hit(hit: Mapping[str, Any], gold: Sequence[str]) -> str:
    text = escape(hit["text"])
    for sentence in gold:
        text = text.replace(escape(sentence), f"<mark>{escape(sentence)}</mark>")
    where = " · ".join(str(hit[name]) for name in ("title", "published") if hit[name])
    return f"<small class='soft'>{escape(where)} · {hit['score']}</small><br>{text}"


def _list(items: Sequence[str], ordered: bool = False) -> str:
    if not items:
        return ""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{tag}>"
