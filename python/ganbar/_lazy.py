"""numpy, imported when something of it is first used: `import ganbar` does not wait for it."""


class _Numpy:
    def __getattr__(self, name: str) -> object:
        import numpy

        value = getattr(numpy, name)
        setattr(self, name, value)
        return value


np = _Numpy()
