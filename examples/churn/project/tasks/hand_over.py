# %% [markdown]
# # Hand over
# Were cells 24 and 25 of `churn_poc.ipynb`.

# %% tags=["parameters"]
upstream = ["evaluate", "features", "train"]
product = None
threshold = None
scored_customers_csv = None
metrics_json = None
resources_ = None

# %%
import sys

sys.path.insert(0, "src")  # the package need not be installed

from churn.hand_over import write_metrics, write_scored_customers
from churn.storage import load

del resources_  # files that Ploomber watches for changes: the code has no use for them

# %%
df = load(upstream["features"]["df"])
X_test = load(upstream["train"]["X_test"])
auc = load(upstream["evaluate"]["auc"])
predicted = load(upstream["evaluate"]["predicted"])
scores = load(upstream["evaluate"]["scores"])

# %% [markdown]
# ## Hand over
#
# The retention team wants a list they can call, riskiest first.

# %%
at_risk = write_scored_customers(df, X_test, scores, scored_customers_csv=scored_customers_csv)
at_risk.head(10)

# %%
metrics = write_metrics(auc, df, predicted, threshold=threshold, metrics_json=metrics_json)
metrics
