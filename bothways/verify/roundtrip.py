"""The proof of revisions on scratch databases: each engine in a process of its own, all at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bothways.history import History
from bothways.verify.options import Job, Options
from bothways.verify.proof import ProofReport
from bothways.verify.workers import Course, Watcher, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bothways.history import Revision
    from bothways.project import Database, Project


def verify(
    project: Project,
    databases: Iterable[Database],
    choose: Callable[[History], tuple[Revision, ...]],
    options: Options | None = None,
    *,
    watcher: Watcher | None = None,
) -> ProofReport:
    """Prove the revisions that ``choose`` picks of each database's branch, engines at once, on scratch databases.

    Raises a BothwaysError where no scratch database can be had or a branch's files do not load; a revision that fails,
    hangs or ends its process is a ``broken`` verdict. When it is interrupted, nothing is left behind.
    """
    databases = tuple(databases)
    with ExitStack() as started:
        workers = [started.enter_context(Worker()) for _ in databases]
        histories = [History.load(d.branch) for d in databases]
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
    return ProofReport(tuple(proofs), tuple(head for course in courses for head in course.heads))
