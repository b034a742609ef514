"""One module per step, in order of their `down_revision`."""
