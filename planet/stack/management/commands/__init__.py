"""`manage.py up` and its companions."""
