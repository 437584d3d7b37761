"""Controllers, messages and page elements that several widgets share."""
