"""Gates: the worst metrics that a change may have. The numbers are in gates.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from index.errors import SourceError


@dataclass(frozen=True, slots=True)
class Gate:
    """One metric held to a limit. A metric that does not apply (None) does not pass."""

    metric: str
    bound: Literal["minimum", "maximum"]
    limit: float
    value: float | None

    @property
    def passed(self) -> bool:
        if self.value is None:
            return False
        if self.bound == "minimum":
            return self.value >= self.limit
        return self.value <= self.limit


def gates(metrics: Mapping[str, Any], path: Path | None = None) -> list[Gate]:
    """Every gate of gates.json with the metric's value; SourceError when the file is malformed."""
    source = path or Path(str(files("eval.bundled") / "gates.json"))
    try:
        limits = json.loads(source.read_text(encoding="utf-8"))
        found = [
            Gate(metric, bound, float(limit), metrics.get(metric))
            for bound in ("minimum", "maximum")
            for metric, limit in limits.get(bound, {}).items()
        ]
        unknown = set(limits) - {"minimum", "maximum"}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SourceError(f"{source} is no table of gates ({error}): mend it") from None
    if unknown:
        raise SourceError(f"{source}: unknown key {sorted(unknown)[0]}; known: minimum, maximum")
    return found
