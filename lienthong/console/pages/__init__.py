"""One module a page; see `lienthong.console`."""
