"""client.yml: strict YAML, typed and checked, with the JSON Schema that is made from it."""
