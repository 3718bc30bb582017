# %%
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_parquet("clicks.parquet")
target = d.pop("clicked")
X_tmp, X_test, y_tmp, y_test = train_test_split(d, target, test_size=0.2, random_state=1)
X_train, X_val, y_train, y_val = train_test_split(X_tmp, y_tmp, test_size=0.2, random_state=1)
# %%
booster = xgb.XGBClassifier(n_estimators=2000, early_stopping_rounds=50)
booster.fit(X_train, y_train, eval_set=[(X_val, y_val)], verbose=False)
# %%
roc_auc_score(y_test, booster.predict_proba(X_test)[:, 1])
