"""The stories; they know the world by its ports alone."""
