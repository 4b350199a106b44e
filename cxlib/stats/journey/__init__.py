"""What customers met on their way: touchpoints and what sums them up, hand-overs and waits, repeats, paths, channels."""
