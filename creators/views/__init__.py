"""The pages of this app: homepages, what people decide about each other, the creator's desk."""
