"""Canonical models and a branch's head to the revisions between them, on every engine at once."""
