"""Prove that revisions run both ways."""

from bothways.verify.proof import HEALTHY, Proof, ProofReport, Verdict
from bothways.verify.roundtrip import Options, scratch_server, verify

__all__ = ["HEALTHY", "Options", "Proof", "ProofReport", "Verdict", "scratch_server", "verify"]
