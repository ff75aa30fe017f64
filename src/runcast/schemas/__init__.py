"""Bodies of requests and answers, and nothing else."""
