"""``python -m bothways``: the same as the ``bothways`` command."""

from bothways.cli import main

main()
