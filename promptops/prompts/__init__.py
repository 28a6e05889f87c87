"""The prompt file: schema, strict loading, template grammar, rendering, versions, registry."""
