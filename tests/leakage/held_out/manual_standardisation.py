# %%
import numpy as np
import pandas as pd
d = pd.read_csv("auto-mpg.csv").select_dtypes("number").dropna()
y = d.pop("mpg").to_numpy()
X = d.to_numpy()
# %%
mu, sigma = X.mean(axis=0), X.std(axis=0)  # leak: POC501
X = (X - mu) / sigma
X = np.c_[np.ones(len(X)), X]
# %%
rng = np.random.default_rng(0)
order = rng.permutation(len(X))
cut = int(0.8 * len(X))
train, test = order[:cut], order[cut:]
# %%
theta, *_ = np.linalg.lstsq(X[train], y[train], rcond=None)
residual = y[test] - X[test] @ theta
print("test rmse", np.sqrt(np.mean(residual ** 2)))
