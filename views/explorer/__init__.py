"""The explorer: one HTML file, without a server and offline, in which a reader finds and walks."""
