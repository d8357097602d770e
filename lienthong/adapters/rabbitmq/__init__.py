"""RabbitMQ over pika: quorum queues, pipelined confirms, delay rungs, and connections that come back by themselves."""
