"""Where finished articles are kept: one file for each store, all on one contract."""
