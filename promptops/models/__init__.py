"""What is known about models: cards (price, context, capability) and family dialects."""
