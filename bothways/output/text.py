"""Reports for people: aligned tables with a little colour, and the next command to type.

Colour is written as ANSI codes; whoever prints drops them where the output is no terminal (``click.echo`` does).
Reports are told apart by their ``kind``, so that showing one imports none of the others' modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bothways.apply import RunReport
    from bothways.check import CheckReport
    from bothways.doctor import DoctorReport
    from bothways.errors import BothwaysError
    from bothways.generate.revision import BranchChange, NewRevision, RevisionReport
    from bothways.history import History, HistoryReport, Revision
    from bothways.reports import Report
    from bothways.revisions import Step
    from bothways.seed import SeedReport
    from bothways.status import DatabaseStatus, StatusReport
    from bothways.verify import Proof, ProofReport

Cell = tuple[str, str]
"""A text and its colour: red, green, yellow, dim, bold or none."""

_CODES = {"red": 31, "green": 32, "yellow": 33, "dim": 2, "bold": 1}
_STATES = {"at-head": "green", "behind": "yellow", "unconfigured": "dim"}
_VERDICTS = {"lossless": "green", "lossy-declared": "yellow", "irreversible-declared": "yellow"}
_LEVELS = {"ok": ("✓", "green"), "note": ("·", "yellow"), "problem": ("✗", "red")}
_MOST_CHANGES = 20


def coloured(text: str, colour: str) -> str:
    """The text in a colour; unchanged where the colour is empty."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if colour else text


def table(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows in aligned columns, two blanks between them."""
    lines = [list(row) for row in rows]
    columns = max(map(len, lines), default=0)
    widths = [max(len(row[i][0]) for row in lines if i < len(row)) for i in range(columns)]
    return "\n".join(
        "  ".join(
            coloured(text, colour) + " " * (widths[i] - len(text) if i < len(row) - 1 else 0)
            for i, (text, colour) in enumerate(row)
        )
        for row in lines
    )


def error(shown: BothwaysError) -> str:
    """An error: what is wrong, and what to do."""
    lines = [f"{coloured('error:', 'red')} {shown.message}"]
    if sql := shown.details.get("sql"):
        lines.append(coloured("  sql:  ", "dim") + " ".join(str(sql).split())[:400])
    if shown.hint:
        lines.append(coloured("  hint: ", "dim") + shown.hint)
    return "\n".join(lines)


def report(shown: Report) -> str:
    """A report of any kind."""
    return _SHOWN[shown.kind](shown)


def step(shown: Step) -> str:
    """One revision of a run, as it ends."""
    arrow = "↑" if shown.direction == "up" else "↓"
    took = "" if shown.seconds is None else coloured(f"  {shown.seconds * 1000:.0f} ms", "dim")
    return f"  {arrow} {shown.revision.id}  {shown.revision.message}{took}"


def proof(shown: Proof) -> str:
    """The verdict of one revision, with what differs under it."""
    colour = _VERDICTS.get(shown.verdict, "red")
    lines = [
        table([[(shown.database, ""), (shown.revision, ""), (shown.verdict, colour), (shown.message, "dim")]]),
        *(f"    {change}" for change in shown.changes[:_MOST_CHANGES]),
    ]
    if len(shown.changes) > _MOST_CHANGES:
        lines.append(f"    … and {len(shown.changes) - _MOST_CHANGES} more")
    if shown.sql:
        lines.insert(1, coloured(f"    sql: {shown.sql[:400]}", "dim"))
    if shown.evidence and shown.evidence not in map(str, shown.changes):
        where = f"{shown.file}:{shown.line}: " if shown.file and shown.line > 1 else ""
        lines.insert(1, f"    {where}{shown.evidence}")
    lines += [coloured(f"    note: {note}", "dim") for note in shown.notes]
    return "\n".join(lines)


def _status(shown: StatusReport) -> str:
    rows = [[("database", "dim"), ("state", "dim"), ("revision", "dim"), ("pending", "dim"), ("where", "dim")]]
    rows += [_status_row(d) for d in shown.databases]
    notes = [
        f"{coloured(d.name + ':', 'bold')} {d.message or ''}{'; ' if d.message and d.hint else ''}{d.hint or ''}"
        for d in shown.databases
        if d.state != "at-head"
    ]
    return "\n".join([table(rows), *([""] if notes else []), *notes])


def _status_row(database: DatabaseStatus) -> list[Cell]:
    return [
        (database.name, "bold"),
        (database.state, _STATES.get(database.state, "red")),
        (", ".join(database.current) or "-", ""),
        (str(len(database.pending)) if database.state in {"at-head", "behind"} else "-", ""),
        (f"{database.address} ({database.server})" if database.server else database.address or "-", "dim"),
    ]


def _history(shown: HistoryReport) -> str:
    return "\n\n".join(_branch(h) for h in shown.histories)


def _branch(history: History) -> str:
    title = f"{coloured(history.branch.name, 'bold')}  {len(history.revisions)} revisions, newest first"
    rows: list[list[Cell]] = [
        [
            ("  ●" if r.id in history.heads else "  │", "green" if r.id in history.heads else "dim"),
            (r.id, ""),
            (r.change or "-", "dim"),
            (r.message, ""),
            ("irreversible" if r.irreversible else "", "yellow" if r.irreversible else ""),
        ]
        for r in reversed(history.revisions)
    ]
    return f"{title}\n{table(rows)}" if rows else f"{title}: none yet"


def _run(shown: RunReport) -> str:
    arrow = "↑" if shown.direction == "up" else "↓"
    before, after = ", ".join(shown.before) or "base", ", ".join(shown.after) or "base"
    name = coloured(shown.database, "bold")
    if shown.above:
        down = coloured(f"bothways downgrade {shown.database} {shown.above}", "bold")
        return f"{name} is at {after}, above {shown.above}: nothing to do; to go down: {down}"
    if not shown.steps:
        return f"{name} is at {after}: nothing to do"
    made = [f"{name} {'would make' if shown.dry_run else 'made'} {shown.made}"] if shown.made else []
    if shown.dry_run:
        lines = [*made, f"{name} would go {before} → {after}, {_count(shown.steps)}:"]
        for planned in shown.steps:
            lines += [f"  {arrow} {planned.revision.id}  {planned.revision.message}", *_lost(planned.revision)]
        return "\n".join(lines)
    seconds = sum(s.seconds or 0.0 for s in shown.steps)
    return "\n".join([*made, f"{name} {arrow} {before} → {after}, {_count(shown.steps)} in {seconds:.2f} s"])


def _lost(revision: Revision | NewRevision) -> list[str]:
    """What a revision declares as lossy."""
    return [coloured(f"    lost: {what}: {why}", "yellow") for what, why in sorted(revision.lossy.items())]


def _count(steps: Sequence[object]) -> str:
    return f"{len(steps)} revision{'' if len(steps) == 1 else 's'}"


def _check(shown: CheckReport) -> str:
    lines: list[str] = []
    for comparison in shown.comparisons:
        name = coloured(comparison.branch, "bold")
        if not comparison.changes:
            lines.append(f"{name} {coloured('equal', 'green')}: head and models are the same ({comparison.server})")
            continue
        lines.append(f"{name} {coloured('differs', 'red')}: from head to models ({comparison.server})")
        lines += [f"    {change}" for change in comparison.changes]
    return "\n".join(lines)


def _proofs(shown: ProofReport) -> str:
    if not shown.proofs:
        return "no revision to prove"
    from bothways.output.findings import passed

    told = [proof(p) for p in shown.judged if p.changes or p.evidence or p.notes]
    lines = [f"{passed(shown)} in {sum(p.seconds for p in shown.proofs):.2f} s"]
    lines += [f"head of {h.database} {'differs from' if h.changes else 'equals'} the models" for h in shown.heads]
    lines += [f"the branch of {f.database} has {len(f.heads)} heads" for f in shown.forks]
    return "\n".join([_matrix(shown.proofs), *told, *(coloured(line, "bold") for line in lines)])


def _matrix(proofs: Iterable[Proof]) -> str:
    """Changes × databases, each cell a verdict."""
    databases = list(dict.fromkeys(p.database for p in proofs))
    rows: dict[tuple[str, int], dict[str, Proof]] = {}
    seen: dict[tuple[str, str], int] = {}
    for found in proofs:
        # A change may take several revisions, and more of them on one engine than on another.
        name = found.change or found.revision
        seen[name, found.database] = seen.get((name, found.database), 0) + 1
        rows.setdefault((name, seen[name, found.database]), {})[found.database] = found
    lines: list[list[Cell]] = [[("revision", "dim"), *((d, "dim") for d in databases), ("", "")]]
    for (name, _), row in rows.items():
        message = next(iter(row.values())).message
        cells = [_verdict(row[d]) if d in row else ("-", "dim") for d in databases]
        lines.append([(name, ""), *cells, (message, "dim")])
    return table(lines)


def _verdict(shown: Proof) -> Cell:
    colour = _VERDICTS.get(shown.verdict, "red")
    mark = "✓" if shown.verdict == "lossless" else "·" if colour == "yellow" else "✗"
    return (f"{mark} {shown.verdict}", colour)


def _revision(shown: RevisionReport) -> str:
    if not shown.revisions and not any(b.left for b in shown.branches):
        names = ", ".join(coloured(b.branch, "bold") for b in shown.branches)
        return f"{names}: head and models are the same, so there is nothing to write"
    parts = [_branch_change(b, code=shown.dry_run) for b in shown.branches]
    if any(r.lossy for r in shown.revisions) and not shown.keep_data:
        again = "" if shown.dry_run else "delete the new files, then "
        parts.append(f"side tables can keep what is lost until the way back: {again}bothways revision … --keep-data")
    if shown.proof is not None:
        parts.append(report(shown.proof))
        parts += [coloured(warning, "red") for warning in shown.warnings]
        if shown.faulty:
            parts.append(
                coloured("a revision is not as it should be: mend the files above, then ", "red")
                + "bothways verify --last"
            )
    if shown.others:
        command = coloured(" -d ".join(["bothways revision -m …", *shown.others]), "bold")
        parts.append(f"not asked for: {', '.join(shown.others)}; where the change is missing: {command}")
    if not shown.exit_code and not shown.dry_run:
        commands = (f"bothways upgrade {b.database}" for b in shown.branches if b.revisions)
        parts.append(f"next: read the files, then {coloured(' && '.join(commands), 'bold')}")
    return "\n".join(parts)


def _branch_change(shown: BranchChange, *, code: bool) -> str:
    name = coloured(shown.branch, "bold")
    lines = [] if shown.revisions else [f"{name}: nothing {'that can be drafted' if shown.left else 'to write'}"]
    for revision in shown.revisions:
        lines.append(f"{name} {coloured(revision.id, 'green')}  {revision.path.name}")
        lines += [f"    {step}" for step in revision.steps]
        lines += [coloured(f"    ! {caution}", "yellow") for caution in revision.cautions]
        lines += _lost(revision)
        lines += ["", revision.source] if code else []
    lines += [coloured(f"    still differs from the models: {change}", "red") for change in shown.left]
    if shown.left and not shown.revisions:
        lines.append("    write it by hand, both ways: bothways revision --empty -m …")
    lines += [coloured(f"    not restored by the way back: {change}", "red") for change in shown.not_restored]
    return "\n".join(lines)


def _seed(shown: SeedReport) -> str:
    rows = [[("table", "dim"), ("rows", "dim")], *([(name, ""), (f"{count:,}", "")] for name, count in shown.tables)]
    return f"{table(rows)}\n\n{shown.database} has {sum(count for _, count in shown.tables):,} rows more"


def _doctor(shown: DoctorReport) -> str:
    rows: list[list[Cell]] = []
    for finding in shown.findings:
        mark, colour = _LEVELS[finding.level]
        rows.append([(mark, colour), (finding.subject, "bold"), (finding.text, "")])
        if finding.remedy and finding.level != "ok":
            rows.append([("", ""), ("", ""), (f"→ {finding.remedy}", "dim")])
    return table(rows)


def _shown(function: Callable[[Any], str]) -> Callable[[Report], str]:
    return cast("Callable[[Report], str]", function)


def _from(module: str, name: str) -> Callable[[Report], str]:
    """A function of a module that is imported when it is needed."""
    return lambda shown: cast("str", getattr(import_module(f"bothways.output.{module}"), name)(shown))


_SHOWN: dict[str, Callable[[Report], str]] = {
    "status/1": _shown(_status),
    "history/1": _shown(_history),
    "run/1": _shown(_run),
    "check/1": _shown(_check),
    "proof/1": _shown(_proofs),
    "doctor/1": _shown(_doctor),
    "revision/1": _shown(_revision),
    "users/1": _from("accounts", "users"),
    "keys/1": _from("accounts", "keys"),
    "audit/1": _from("accounts", "entries"),
    "audit-chain/1": _from("accounts", "chain"),
    "runs/1": _from("runs", "several"),
    "run-record/1": _from("runs", "one"),
    "seed/1": _shown(_seed),
    "diagnose/1": _from("diagnose", "report"),
}
