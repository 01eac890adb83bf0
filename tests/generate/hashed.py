"""Prints what is drafted for evolutions that standard input has, with the server's address, as one JSON object."""

import json
import sys

from bothways.urls import DatabaseURL
from tests.generate import models
from tests.generate.laws import drafted_text


def main() -> None:
    """Read, draft, print."""
    told = json.load(sys.stdin)
    for text in told["evolutions"]:
        evolution = eval(text, vars(models))
        sys.stdout.write(drafted_text(DatabaseURL.parse(told["url"]), evolution))


if __name__ == "__main__":
    main()
