def to_yaml(*a, **k):
    return ""
