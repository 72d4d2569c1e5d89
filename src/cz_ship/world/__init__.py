"""They touch and decide nothing: one file per outside thing."""
