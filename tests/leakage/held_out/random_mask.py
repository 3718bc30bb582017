# %%
import numpy as np, pandas as pd
from sklearn.linear_model import LinearRegression
d = pd.read_csv("mpg.csv").dropna()
chosen = np.random.rand(len(d)) < 0.8
train, test = d[chosen], d[~chosen]
reg = LinearRegression().fit(train[["weight", "horsepower"]], train["mpg"])
print(reg.score(test[["weight", "horsepower"]], test["mpg"]))
