# %%
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_csv("clicks.csv")
train, test = train_test_split(d, test_size=0.2, random_state=0)
full = pd.concat([train, test])
full["rate"] = full["clicks"] / (full["views"] + 1)
cols = ["rate", "views", "hour"]
# %%
gbm = LGBMClassifier()
gbm.fit(full[cols], full["bought"])  # leak: POC502
test = test.assign(rate=test.clicks / (test.views + 1))
roc_auc_score(test["bought"], gbm.predict_proba(test[cols])[:, 1])
