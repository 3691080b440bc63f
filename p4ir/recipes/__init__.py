"""Recipes that ship with the package; see `p4ir.training.recipe`."""
