"""Client reports: definition, data, page."""
