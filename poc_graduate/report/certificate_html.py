def render(*a, **k):
    return ""
