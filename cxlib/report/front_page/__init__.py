"""Page one: the answers in short, what to do next, and what comes first."""
