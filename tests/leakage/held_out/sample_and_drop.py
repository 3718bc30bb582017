# %%
import pandas as pd
from sklearn.linear_model import PoissonRegressor
calls = pd.read_csv("calls.csv")
calls = pd.get_dummies(calls, columns=["weekday"])
train = calls.sample(frac=0.8, random_state=1)
test = calls.drop(train.index)
# %%
stats = train.describe().T
def norm(x):
    return (x - stats["mean"]) / stats["std"]
target = "n"
m = PoissonRegressor().fit(norm(train.drop(columns=target)), train[target])
m.score(norm(test.drop(columns=target)), test[target])
