raise RuntimeError("on purpose")
