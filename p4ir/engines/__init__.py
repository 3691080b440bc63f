"""Where batch jobs run: here, at an OpenAI-compatible endpoint, or on a Ray cluster."""
