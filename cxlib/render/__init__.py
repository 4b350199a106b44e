"""Notebooks become reports: executed by papermill, checked, published whole or not at all."""
