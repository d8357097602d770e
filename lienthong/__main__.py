"""`python -m lienthong` is `lienthong`."""

from lienthong.cli.__main__ import main

main()
