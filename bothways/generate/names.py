"""Names for what is generated: a change's id, a revision's id, the file of a revision.

A message comes from a command line: whatever it holds, what is made of it is a plain name inside its folder.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from bothways.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bothways.databases import Branch
    from bothways.headers import Revision

LONGEST_SLUG = 40
LONGEST_ID = 32
"""What Alembic's version table takes."""
LONGEST_LABEL = 32
LONGEST_MESSAGE = 200
_SYMBOLS = frozenset({"base", "current", "head", "heads"})
"""What Alembic takes for a place in a history, never for a label."""
EMPTY = "change"
"""The slug of a message that has no letter or digit that can be written in ASCII."""

_LABEL = re.compile(rf"[a-z0-9_]{{1,{LONGEST_LABEL}}}")
_COUNTED = re.compile(r"(?P<prefix>\w*?)(?P<number>[0-9]+)", re.ASCII)
_RANDOM = re.compile(r"[0-9a-f]{8,}")


def refuse_message(message: str) -> None:
    """Raise ConfigurationError for a message that can't be the first line of a docstring as it stands."""
    if not message.strip():
        problem = "is empty"
    elif len(message) > LONGEST_MESSAGE:
        problem = f"has {len(message):,} characters, and there is room for {LONGEST_MESSAGE}"
    elif not message.isprintable():
        odd = next(c for c in message if not c.isprintable())
        problem = f"has a character that can't be printed, {odd!a}: it is one line of text"
    else:
        return
    raise ConfigurationError(
        f"the message {problem}",
        hint='say in a sentence what changes: -m "Add notes to products"; more goes into the file',
    )


def refuse_label(branch: Branch) -> None:
    """Raise ConfigurationError for the name of a branch's folder that can't be the label of its first revision."""
    if not _LABEL.fullmatch(branch.name):
        raise ConfigurationError(
            f"branch {branch.name!r} can't get its first revision: the name of its folder is its label, which may have "
            f"small letters of ASCII, digits and _, at most {LONGEST_LABEL}",
            hint=f"rename the folder, for example to {slug(branch.name)[:LONGEST_LABEL]}, and correct "
            "version_locations in alembic.ini",
        )
    if branch.name in _SYMBOLS:
        raise ConfigurationError(
            f"branch {branch.name!r} can't get its first revision: the name of its folder is its label, and "
            f"{branch.name} means a place in every history to Alembic",
            hint=f"rename the folder, for example to {branch.name}_branch, and correct version_locations in "
            "alembic.ini",
        )


def slug(message: str) -> str:
    """A message as a part of a file's name: ``[a-z0-9_]+``, at most 40 characters, never empty."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", message).casefold())
    words = re.findall(r"[a-z0-9]+", "".join(map(_in_ascii, plain)))
    text = "_".join(words) or EMPTY
    if len(text) <= LONGEST_SLUG:
        return text
    whole, _, _ = text[: LONGEST_SLUG + 1].rpartition("_")
    # A last word is cut in two only where little would be left without it.
    return whole if len(whole) >= LONGEST_SLUG // 2 else text[:LONGEST_SLUG].rstrip("_")


def change_id(message: str, existing: Collection[str]) -> str:
    """The id of a change, in kebab-case; where a change has it already, with ``-2``, ``-3``…"""
    return _unique(slug(message).replace("_", "-"), existing, "-")


def next_id(ids: Sequence[str], *, change: str, parent: str | None, branch: str, taken: Collection[str] = ()) -> str:
    """The id of a branch's next revision, in the manner of those that it has (``ids``, from base to head).

    Ids that count go on counting; where they are random, as Alembic's are, a digest of change, parent and branch takes
    their place, so that the same change gets the same id again. A branch without revisions begins with
    ``<branch>_0001``. It is never one of ``ids`` or of ``taken``, those of other branches.
    """
    used = {name.casefold() for name in (*ids, *taken)}
    counted = _counted(ids, used) if ids else _count(slug(branch)[: LONGEST_ID - 8] + "_", 1, 4, used)
    return counted if counted and len(counted) <= LONGEST_ID else _digest(used, change, parent or "", branch)


def file_name(identifier: str, message: str, revisions: Sequence[Revision] = ()) -> str:
    """The file of a new revision, named as the branch's last one is: ``0019_<slug>.py`` or ``<id>_<slug>.py``.

    A merge point does not count, since ``alembic merge`` names it in its own way.

    The first one of a branch has its number only, where its id has one.
    """
    name = re.sub(r"\W", "_", identifier, flags=re.ASCII).strip("_") or EMPTY
    number, named = _COUNTED.fullmatch(name), [r for r in revisions if not r.is_merge]
    if number and (_is_numbered(named[-1]) if named else number["prefix"].endswith("_")):
        name = number["number"]
    stem = f"{name}_{slug(message)}"
    return _unique(stem, [revision.path.stem for revision in revisions], "_") + ".py"


def _in_ascii(character: str) -> str:
    """A character as it stands in a slug: a blank where it parts words, nothing where it can't be written."""
    if character.isascii() and character.isalnum():
        return character
    if character in "'’" or unicodedata.combining(character) or character.isalnum():
        return ""
    return " "


def _unique(name: str, existing: Collection[str], joint: str) -> str:
    used = {other.casefold() for other in existing}
    found, number = name, 1
    while found.casefold() in used:
        number += 1
        found = f"{name}{joint}{number}"
    return found


def _counted(ids: Sequence[str], used: Collection[str]) -> str | None:
    """The id that follows; None where the ids don't count."""
    last = _COUNTED.fullmatch(ids[-1])
    if last is None:
        return None
    prefix, width = last["prefix"], len(last["number"])
    alike = [m for name in ids if (m := _COUNTED.fullmatch(name)) and m["prefix"] == prefix]
    numbers = {int(m["number"]) for m in alike}
    if _RANDOM.fullmatch(ids[-1]) and int(last["number"]) - 1 not in numbers:
        return None  # a random id can end in digits too
    if len(alike) * 2 < len(ids):
        return None
    return _count(prefix, max(numbers) + 1, width, used)


def _count(prefix: str, number: int, width: int, used: Collection[str]) -> str:
    while f"{prefix}{number:0{width}}".casefold() in used:
        number += 1
    return f"{prefix}{number:0{width}}"


def _digest(used: Collection[str], *parts: str) -> str:
    """Twelve hexadecimal digits, as Alembic's own ids have."""
    attempt = 0
    while True:
        text = "\0".join([*parts, str(attempt)] if attempt else parts)
        found = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        if found not in used:
            return found
        attempt += 1


def _is_numbered(revision: Revision) -> bool:
    number = _COUNTED.fullmatch(revision.id)
    return number is not None and bool(number["prefix"]) and revision.path.name.startswith(f"{number['number']}_")
