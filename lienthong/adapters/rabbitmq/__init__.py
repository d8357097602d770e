"""RabbitMQ through pika: quorum queues, pipelined confirms, delay queues, and connections that reconnect."""
