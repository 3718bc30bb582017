# Was held out; a rule was mended by it.
# %%
import numpy as np, pandas as pd
from sklearn.tree import DecisionTreeRegressor
from sklearn.metrics import mean_absolute_error
d = pd.read_csv("yield.csv")
np.random.seed(1)
chosen = np.random.choice(d.index, size=2 * len(d) // 3, replace=False)
train = d.loc[chosen]
test = d.drop(chosen)
t = DecisionTreeRegressor(max_depth=4).fit(train[["rain", "sun"]], train["tons"])
mean_absolute_error(test["tons"], t.predict(test[["rain", "sun"]]))
