"""They decide and touch nothing."""
