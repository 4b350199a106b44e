"""The generators of the demo clients: one module for each client, run by data/make_demo.py."""
