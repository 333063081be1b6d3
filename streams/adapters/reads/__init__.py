"""Reads as cameras and vendors send them: one file per vendor, each a pure function of one payload.

A payload is one or more reads, or says why it is none. Nothing is dropped without a reason.
"""
