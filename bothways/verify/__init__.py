"""Prove that revisions run both ways.

Importing this imports neither SQLAlchemy nor Alembic: the workers do that.
"""

from bothways.verify.options import Options
from bothways.verify.proof import HEAD, HEADS, HEALTHY, Proof, ProofReport, Verdict
from bothways.verify.roundtrip import verify

__all__ = ["HEAD", "HEADS", "HEALTHY", "Options", "Proof", "ProofReport", "Verdict", "verify"]
