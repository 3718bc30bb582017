# %% [markdown]
# # Train
# Were cells 17 and 18 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["features"]
product = None
seed = None
test_size = None
C = None
max_iter = None
resources_ = None

# %%
import sys

import numpy as np

sys.path.insert(0, "src")  # the package need not be installed

from churn.storage import load, save
from churn.train import fit_model, split_train_and_test

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
np.random.seed(seed)  # as in cell 2: nothing draws before this task

# %%
df = load(upstream["features"]["df"])

# %%
X_train, X_test, y_train, y_test = split_train_and_test(df, test_size=test_size)
X_train.shape, X_test.shape

# %%
model = fit_model(X_train, y_train, C=C, max_iter=max_iter)
model

# %%
save(X_test, product["X_test"])
save(X_train, product["X_train"])
save(model, product["model"])
save(y_test, product["y_test"])
