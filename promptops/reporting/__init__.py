"""What a night did, as a value, and that value as JSON, on a terminal and as one HTML file."""
