"""Teams, shops, departments compared fairly: what their customers lead to expect, what chance does, who is truly apart."""
