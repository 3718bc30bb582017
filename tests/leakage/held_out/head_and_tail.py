# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
d = pd.read_csv("tickets.csv").sample(frac=1, random_state=0)
train = d.head(5000)
test = d.tail(2000)
cols = ["length", "priority", "age"]
# %%
lr = LogisticRegression().fit(train[cols], train["escalated"])
lr.score(test[cols], test["escalated"])
