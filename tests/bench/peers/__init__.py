"""The same job on other frameworks: each in its documented idiom, with good settings, one event a message.

What they do: validate with pydantic, tag from a dict of 40,000, store a row and an audit row in one transaction,
publish the enriched event with a publisher's confirm, acknowledge. Each gets one worker process, as Lienthong does, a
prefetch of 200 and ten database connections; their queues are durable quorum queues.
"""
