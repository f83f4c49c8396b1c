"""An asset with its live price."""
