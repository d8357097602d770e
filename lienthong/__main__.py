"""`python -m lienthong` is `lienthong`."""

from lienthong.cli.app import main

main()
