"""Rules over HTTP: requests of many clients in one model's batches, within limits."""
