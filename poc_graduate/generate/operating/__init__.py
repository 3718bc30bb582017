"""Files by which an exported project is updated, served and kept up: one module a part."""
