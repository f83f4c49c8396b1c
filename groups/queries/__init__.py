"""What is read of groups: a module a subject; bounded, in few queries whatever the rows."""
