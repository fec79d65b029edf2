"""What is known of a model, of GPUs, and of the memory that a launch needs."""
