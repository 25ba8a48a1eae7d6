"""Delivery reports: the receiver, the tolerant parser, and applying them to messages."""
