"""Times named in the text: found, typed and normalised against the publication time (TIMEX3)."""
