"""One kind of error for bad input: a sentence that names the file, the key, the value and what is accepted."""


class InputError(ValueError):
    """Bad input from a person or a file; str() is one sentence for them, never a stack trace."""
