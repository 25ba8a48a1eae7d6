"""Mitto's HTTP API: client, transport, wire format, response codes, hosts."""
