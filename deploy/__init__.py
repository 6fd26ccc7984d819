"""Real servers and people on loopback, for the demo, the tests and the benchmark."""
