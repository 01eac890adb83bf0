"""Alembic runs this file; everything it does is in bothways.env."""

from bothways.env import run
from schema import metadata

run(metadata)
