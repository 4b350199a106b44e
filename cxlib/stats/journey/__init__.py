"""What customers met on their way: which touchpoint matters, which rule sums contacts up, behaviours, channels."""
