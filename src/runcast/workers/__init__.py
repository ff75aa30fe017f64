"""Workers: what claims executions and runs handlers."""
