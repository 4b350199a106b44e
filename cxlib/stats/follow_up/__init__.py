"""Those who were followed up: how soon, whether it helps, and whether the list picks the right ones."""
