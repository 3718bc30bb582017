def draw(*a, **k):
    return ""
