# Was held out; a rule was mended by it.
# %%
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
d = pd.read_csv("tickets.csv")
boot = d.sample(n=len(d), replace=True, random_state=4)
rest = d[~d.index.isin(boot.index)]
cols = ["length", "priority", "age"]
t = DecisionTreeClassifier(max_depth=4).fit(boot[cols], boot["escalated"])
t.score(rest[cols], rest["escalated"])
