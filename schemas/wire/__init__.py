"""What outside systems send, as far as it is read: shapes of documents, not promises.

Every key may be missing and every value may be anything, so these are `TypedDict`s that document and are never
enforced; the transforms read them with `transforms.wire`, which gives no answer instead of an error.
"""
