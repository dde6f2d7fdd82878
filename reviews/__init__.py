"""What people say: what they read next, blind, and how far they and judges agree."""

from __future__ import annotations
