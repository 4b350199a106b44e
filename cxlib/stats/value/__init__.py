"""Money: cash flows, cohorts, draws of uncertain inputs, portfolios."""
