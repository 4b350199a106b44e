"""From files as they come to a client.yml: what they are, what their columns mean, and on which evidence."""
