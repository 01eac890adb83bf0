"""What a command asks a person, and what it says where there is none."""

from __future__ import annotations

import sys
import warnings
from getpass import GetPassWarning

import click


def asked_password() -> str:
    """A password typed twice; raises UsageError where there is no terminal."""
    with warnings.catch_warnings():
        # Without a terminal the password would be read from anywhere, and shown where it is typed.
        warnings.simplefilter("error", GetPassWarning)
        try:
            given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        except GetPassWarning:
            raise click.UsageError("there is no terminal to ask for the password: use --password-stdin") from None
    return given


def sure(question: str) -> bool:
    """Whether the answer is yes; raises UsageError where there is nobody to answer."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("there is nobody to answer: say --yes") from None
