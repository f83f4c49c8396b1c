"""Django's PostgreSQL backend with a health check that costs a system call instead of a query."""
