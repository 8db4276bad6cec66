"""Harm done to a library on purpose: nothing acknowledged is lost, and all damage is found."""
