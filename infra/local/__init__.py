"""What `make run` starts: the production template on a local AWS, behind one port.

API, functions, table, stream, schedules, topics and mail are those of the template. Ours is only
the front door, which stands where CloudFront stands in production, and the `/dev/` pages, which
exist nowhere else.
"""
