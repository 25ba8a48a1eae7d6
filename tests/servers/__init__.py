"""Servers for tests: real sockets on 127.0.0.1, on free ports, in threads of their own."""
