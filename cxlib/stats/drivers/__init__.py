"""What goes with an outcome: relative importance, path models, measurement quality, asymmetry."""
