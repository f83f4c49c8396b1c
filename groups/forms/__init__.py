"""What people type about groups: checked here, so that actions get clean values."""
