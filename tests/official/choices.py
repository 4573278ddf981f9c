"""What random programs are chosen by: the same generator of random numbers gives the same program."""


class Choices:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, *choices):
        """One of them; what it gives, if it is a function."""
        choice = self.rng.choice(choices)
        return choice() if callable(choice) else choice

    def chance(self, probability):
        return self.rng.random() < probability
