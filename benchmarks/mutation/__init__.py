"""How many single corruptions of a sound candidate the checks find."""
