"""`python -m streams` is `alpr-gate`."""

from streams.cli import main

main()
