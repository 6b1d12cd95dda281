"""What is known of a target: a file for each kind of facts, and ``collect`` that chooses among them."""
