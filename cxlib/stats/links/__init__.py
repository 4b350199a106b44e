"""From one measured thing to another: logit, hazard, panel and unit-level links, and the checks that hold them back."""
