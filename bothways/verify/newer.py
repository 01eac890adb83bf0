def plant_newer(*a):
    return None


def read_newer(*a):
    return None


def lost(*a):
    return ()
