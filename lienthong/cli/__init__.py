"""The command line. A command parses its options, calls the rooms `operations` and `runtime`, and shows the answer."""
