"""Tests on real files, a real database, a real browser."""
