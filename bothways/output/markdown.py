"""Proofs as Markdown for a pull request or a job's summary: revisions × databases, and the differences under it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from bothways.output.findings import Finding, details, rule_of, summary, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.verify import Proof, ProofReport

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_HARMLESS = re.compile(r"(?<=[^\W_])[-_.](?=[^\W_])|[,;'\"/()=?%]")


def report(shown: ProofReport) -> str:
    """A heading, a table and, for each revision with something to tell, a block that opens."""
    mark = "❌" if any(p.fails for p in shown.judged) else "✅"
    parts = [f"### {mark} {summary(shown)}"]
    if shown.proofs:
        parts.append(_table(shown.judged))
    parts += [_block(p) for p in shown.judged if details(p)]
    return "\n\n".join(parts)


def _table(proofs: Iterable[Proof]) -> str:
    databases: dict[str, str] = {}
    rows: dict[str, dict[str, list[Proof]]] = {}
    for proof in proofs:
        databases[proof.database] = databases.get(proof.database) or proof.server
        row = rows.setdefault(proof.change or proof.revision, {})
        row.setdefault(proof.database, []).append(proof)
    heads = [_cell(f"{name} ({server})" if server else name) for name, server in databases.items()]
    lines = [_row(["revision", *heads]), _row(["---"] * (len(heads) + 1))]
    for name, row in rows.items():
        message = next(p.message for found in row.values() for p in found)
        cells = ["<br>".join(_verdict(p) for p in row.get(d, ())) or "–" for d in databases]
        lines.append(_row([f"<b>{_cell(name)}</b> {_cell(message)}", *cells]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _verdict(proof: Proof) -> str:
    mark = "❌" if proof.fails else "✅" if proof.verdict == "lossless" else "⚠️"
    return f"{mark} {proof.verdict}"


def _block(proof: Proof) -> str:
    rule = rule_of(proof)
    title = Finding(proof, rule).title if rule else f"{proof.revision} is {proof.verdict} on {proof.database}"
    where = f" <code>{_html(_one_line(proof.file))}:{proof.line}</code>" if proof.file else ""
    # Inside <pre> nothing is Markdown, and only </pre> ends it, which cannot be in escaped text.
    text = _html("\n".join(details(proof)))
    mark = " open" if rule else ""
    return f"<details{mark}><summary>{_html(_one_line(title))}{where}</summary>\n\n<pre>\n{text}\n</pre>\n\n</details>"


def _cell(text: str) -> str:
    """Text for a cell: one line, with no character that Markdown, HTML or the table would take for its own."""
    return _PUNCTUATION.sub(
        lambda m: m[0] if _HARMLESS.match(m.string, m.start()) else f"&#{ord(m[0])};", _one_line(text)
    )


def _one_line(text: str) -> str:
    return " ".join(visible(text).split())


def _html(text: str) -> str:
    return html.escape(visible(text).replace("\r\n", "\n").replace("\r", "\n"), quote=False)
