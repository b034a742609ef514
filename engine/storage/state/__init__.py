"""State: rules, journal, accounts and settings; small and transactional."""
