"""What tests of PromptOps and of its plug-ins build on: doubles and contract tests."""
