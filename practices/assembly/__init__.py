"""An assembly: congregations that act together without a centre (practices.md section 10, docs/assembly-protocol.md).

Everything here is the same for every congregation: it knows which letters there are, not which of them are ours.
"""
