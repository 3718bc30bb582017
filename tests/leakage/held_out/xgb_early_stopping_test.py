# %%
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_parquet("clicks.parquet")
target = d.pop("clicked")
X_train, X_test, y_train, y_test = train_test_split(d, target, test_size=0.2, random_state=1)
# %%
booster = xgb.XGBClassifier(n_estimators=2000, learning_rate=0.02)
booster.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=50)  # leak: POC503
# %%
print(roc_auc_score(y_test, booster.predict_proba(X_test)[:, 1]))
