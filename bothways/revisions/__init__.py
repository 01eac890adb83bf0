"""Load and run revisions without env.py, safely from several threads: alone with Alembic's private names.

``scripts`` loads a branch and says how Alembic is configured, ``plans`` says what must run, ``running`` runs it,
``failures`` turns what a revision raises into words, ``proxies`` keeps threads apart.
"""

from bothways.revisions.plans import downgrade_plan, refuse_irreversible, require_known, upgrade_plan
from bothways.revisions.running import Direction, Step, StoppedError, current, downgrade, upgrade
from bothways.revisions.scripts import options, script_directory

__all__ = [
    "Direction",
    "Step",
    "StoppedError",
    "current",
    "downgrade",
    "downgrade_plan",
    "options",
    "refuse_irreversible",
    "require_known",
    "script_directory",
    "upgrade",
    "upgrade_plan",
]
