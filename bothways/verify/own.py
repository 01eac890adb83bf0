class Own: ...


class At: ...


def load(project):
    return None
