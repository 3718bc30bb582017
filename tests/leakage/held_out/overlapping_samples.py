# %%
import pandas as pd
from sklearn.linear_model import PoissonRegressor
calls = pd.read_csv("calls.csv")
train = calls.sample(frac=0.8, random_state=1)
test = calls.sample(frac=0.2, random_state=2)
# %%
cols = ["hour", "weekday", "agents"]
m = PoissonRegressor()
m.fit(train[cols], train["n"])  # leak: POC502
m.score(test[cols], test["n"])
