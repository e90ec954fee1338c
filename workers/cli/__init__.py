"""The command line `dateline`: one module for each command; they parse and show, and leave the work to the packages below."""
