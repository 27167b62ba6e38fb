"""`python -m mingbai.cli`, the same as `mingbai`."""

from mingbai.cli import main

main()
