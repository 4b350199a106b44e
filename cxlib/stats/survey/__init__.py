"""Estimates of a survey: shares, means, indices and NPS with intervals, weights, comparisons, agreement, disclosure control."""
