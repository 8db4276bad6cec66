"""The tables of a library: made, brought up to date, summed, and looked over for odd ones."""
