"""The private hub: group chats, threads, direct messages, and their management."""
