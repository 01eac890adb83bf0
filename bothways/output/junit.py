"""Proofs as JUnit XML: a suite a database, a case a revision, a failure with the differences.

Written by hand: the standard library's writer lets characters pass that no XML parser takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.output.findings import Finding, details, rule_of, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bothways.verify import Proof, ProofReport

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def report(shown: ProofReport) -> str:
    """One document."""
    suites: dict[str, list[Proof]] = {}
    for proof in shown.judged:
        suites.setdefault(proof.database, []).append(proof)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<testsuites{_attributes(name='bothways verify', **_counts(shown.judged))}>",
        *(line for name, proofs in suites.items() for line in _suite(name, proofs)),
        "</testsuites>",
    ]
    return "\n".join(lines)


def _suite(database: str, proofs: list[Proof]) -> Iterator[str]:
    server = next((p.server for p in proofs if p.server), "")
    yield f"  <testsuite{_attributes(name=database, **_counts(proofs))}>"
    yield f"    <properties><property{_attributes(name='server', value=server)}/></properties>"
    for proof in proofs:
        yield from _case(proof)
    yield "  </testsuite>"


def _case(proof: Proof) -> Iterator[str]:
    where = {"file": proof.file, "line": str(proof.line)} if proof.file else {}
    name = f"{proof.revision} {proof.message}".rstrip(" ")
    yield f"    <testcase{_attributes(classname=proof.database, name=name, time=_seconds([proof]), **where)}>"
    body = _escaped("\n".join(details(proof)), _IN_TEXT)
    if rule := rule_of(proof):
        yield f"      <failure{_attributes(type=rule.id, message=Finding(proof, rule).title)}>{body}</failure>"
    elif body or proof.verdict != "lossless":
        yield f"      <system-out>{': '.join(filter(None, (proof.verdict, body)))}</system-out>"
    yield "    </testcase>"


def _counts(proofs: Iterable[Proof]) -> dict[str, str]:
    all_of_them = list(proofs)
    failed = sum(p.fails for p in all_of_them)
    return {
        "tests": str(len(all_of_them)),
        "failures": str(failed),
        "errors": "0",
        "skipped": "0",
        "time": _seconds(all_of_them),
    }


def _seconds(proofs: Iterable[Proof]) -> str:
    return f"{sum(p.seconds for p in proofs):.3f}"


def _attributes(**named: str) -> str:
    return "".join(f' {name}="{_escaped(text, _IN_ATTRIBUTE)}"' for name, text in named.items())


def _escaped(text: str, codes: dict[int, str]) -> str:
    return visible(text).translate(codes)
