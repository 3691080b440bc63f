"""A client of OpenAI-compatible endpoints, such as vLLM: patient, and discreet with keys."""
