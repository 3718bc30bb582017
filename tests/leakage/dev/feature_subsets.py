# Was held out; a rule was mended by it.
# %%
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("homes.csv")
train, test = train_test_split(d, test_size=0.2, random_state=0)
subsets = [["area"], ["area", "beds"], ["area", "beds", "age"]]
# %%
for subset in subsets:
    lin = LinearRegression().fit(train[subset], train["price"])
    print(subset, lin.score(test[subset], test["price"]))  # leak: POC503
