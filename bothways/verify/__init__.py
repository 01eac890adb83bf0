"""Prove that revisions run both ways."""

from bothways.verify.options import Options
from bothways.verify.proof import HEAD, HEALTHY, Proof, ProofReport, Verdict
from bothways.verify.roundtrip import verify
from bothways.verify.walk import Walk, scratch_server

__all__ = ["HEAD", "HEALTHY", "Options", "Proof", "ProofReport", "Verdict", "Walk", "scratch_server", "verify"]
