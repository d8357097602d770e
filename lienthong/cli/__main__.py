"""`python -m lienthong.cli` is `lienthong`."""

from lienthong.cli.app import main

main()
