"""The proof of revisions on scratch databases: each engine in a process of its own, all at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bothways.errors import HistoryError, MultipleHeads
from bothways.history import History
from bothways.verify.options import Job, Options
from bothways.verify.proof import Fork, ProofReport
from bothways.verify.workers import Course, Watcher, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bothways.history import Revision
    from bothways.project import Branch, Database, Project


def verify(
    project: Project,
    databases: Iterable[Database],
    choose: Callable[[History], tuple[Revision, ...]],
    options: Options | None = None,
    *,
    watcher: Watcher | None = None,
) -> ProofReport:
    """Prove the revisions that ``choose`` picks of each database's branch, engines at once, on scratch databases.

    Raises a BothwaysError where no scratch database can be had, a branch's files do not load, or there is no revision
    at all; a revision that fails, hangs or ends its process is a ``broken`` verdict. When it is interrupted, nothing is
    left behind.
    """
    databases = tuple(databases)
    with ExitStack() as started:
        workers = [started.enter_context(Worker()) for _ in databases]
        histories = [History.load(d.branch) for d in databases]
        if histories and not any(h.revisions for h in histories):
            raise _none_in(project, [h.branch for h in histories])
        jobs = [
            Job(project, d, h, choose(h), options or Options(), {}) for d, h in zip(databases, histories, strict=True)
        ]
        courses = [Course(job, worker, watcher) for job, worker in zip(jobs, workers, strict=True) if job.revisions]
        return _report(courses, watcher)


def _report(courses: Sequence[Course], watcher: Watcher | None) -> ProofReport:
    if watcher:
        watcher.started({c.job.database.name: len(c.job.revisions) for c in courses})
    with ThreadPoolExecutor(max(1, len(courses))) as engines:
        running = [engines.submit(course.run) for course in courses]
        try:
            for ended in as_completed(running):
                ended.result()
        except BaseException:
            for course in courses:
                course.cancel()
            raise
    proofs = (course.proofs[r.id] for course in courses for r in course.job.revisions if r.id in course.proofs)
    heads = (head for course in courses for head in course.heads)
    forks = (fork for course in courses if (fork := _fork(course.job)))
    return ProofReport(tuple(proofs), tuple(heads), tuple(forks))


def _fork(job: Job) -> Fork | None:
    """What is wrong with a branch of several heads; a foreign project may have them on purpose."""
    history = job.history
    if history.branch.origin is not None:
        return None
    try:
        _ = history.head
    except MultipleHeads as error:
        return Fork(job.database.name, history.branch.name, history.heads, error.message, error.hint or "")
    return None


def _none_in(project: Project, branches: Iterable[Branch]) -> HistoryError:
    """What to say where there is nothing to prove: which folders were looked at, and what to do."""
    folders = dict.fromkeys(folder for branch in branches for folder in branch.locations)
    looked_at = ", ".join(f"{f}{'' if f.is_dir() else ' (not there)'}" for f in folders)
    return HistoryError(
        f"there is no revision in {looked_at}",
        hint=f"write the first one: alembic revision -m 'first'; or say in {project.config.name} where they are: "
        "script_location, version_locations, recursive_version_locations = true",
        details={"folders": list(map(str, folders))},
    )
