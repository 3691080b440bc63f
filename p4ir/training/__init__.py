"""What both training stages share: recipes, run directories, validation, progress."""
