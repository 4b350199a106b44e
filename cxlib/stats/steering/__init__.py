"""What may be promised, how it will go, and what should be paid for: forecast, targets, luck and bonus schemes of a score."""
