"""The one door for every write."""
