"""Pages, pieces, uploads, identifiers: what every view stands on."""
