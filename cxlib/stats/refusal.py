"""What the data cannot bear: an error with a reason that a reader can be told, apart from an error of the program."""


class Refusal(ValueError):
    """The answers do not allow this computation.

    reason  "constant" (a column has one value), "collinear" (columns follow from each other), "separable" (the classes
            can be told apart without error), "few" (too few rows), "many" (too many for this way), "not_converged"
    name    the column or group that it is about, or None
    """

    def __init__(self, message: str, reason: str, name: object = None):
        super().__init__(message)
        self.reason, self.name = reason, name
