"""The commands of the desk, one module for each thing that it does."""
