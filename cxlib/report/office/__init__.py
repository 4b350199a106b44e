"""The report for Excel and PowerPoint: the same results, drawn from the executed notebooks."""
