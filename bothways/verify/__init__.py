"""Prove that revisions run both ways."""

from bothways.verify.roundtrip import Proof, ProofReport, verify

__all__ = ["Proof", "ProofReport", "verify"]
