"""Each part of client.yml as it is proposed from a table, with the evidence of each line."""
