# %%
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
basket = pd.read_csv("basket.csv")
items = [c for c in basket.columns if c.startswith("item_")]
basket["total"] = basket[items].sum(axis=1)
basket["mean"] = basket[items].mean(axis=1)
X = np.log1p(basket[["total", "mean"]])
X_train, X_test, y_train, y_test = train_test_split(X, basket["returned"], random_state=0)
lr = LogisticRegression().fit(X_train, y_train)
lr.score(X_test, y_test)
