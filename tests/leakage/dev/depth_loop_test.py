# %%
import pandas as pd
from sklearn.tree import DecisionTreeRegressor
from sklearn.model_selection import train_test_split
d = pd.read_csv("prices.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="price"), d["price"], random_state=0)
# %%
train_scores, test_scores = [], []
for depth in range(1, 16):
    tree = DecisionTreeRegressor(max_depth=depth)
    tree.fit(X_train, y_train)
    train_scores.append(tree.score(X_train, y_train))
    test_scores.append(tree.score(X_test, y_test))  # leak: POC503
pd.DataFrame({"train": train_scores, "test": test_scores}).plot()
