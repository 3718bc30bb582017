# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
d = pd.read_csv("meter.csv")
cols = ["temp", "hour"]
train = d[:8000]
test = d[7000:]
# %%
lin = LinearRegression()
lin.fit(train[cols], train["kwh"])  # leak: POC502
print(lin.score(test[cols], test["kwh"]))
