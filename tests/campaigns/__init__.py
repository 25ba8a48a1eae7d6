"""The promise, proved: campaigns against servers that misbehave, in programs that are killed at the worst moments."""
