# %%
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_absolute_error

def mae_with(leaves, train_X, val_X, train_y, val_y):
    model = RandomForestRegressor(max_leaf_nodes=leaves, random_state=0)
    model.fit(train_X, train_y)
    return mean_absolute_error(val_y, model.predict(val_X))

d = pd.read_csv("melbourne.csv").dropna()
train_X, val_X, train_y, val_y = train_test_split(d[["Rooms", "Landsize"]], d["Price"], random_state=0)
# %%
sizes = {n: mae_with(n, train_X, val_X, train_y, val_y) for n in (5, 50, 500)}
best = min(sizes, key=sizes.get)
final = RandomForestRegressor(max_leaf_nodes=best).fit(d[["Rooms", "Landsize"]], d["Price"])
