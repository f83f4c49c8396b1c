"""The pages and endpoints of groups: a module a subject."""
