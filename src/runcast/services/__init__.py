"""The verbs of the product, and the only queries."""
