# %%
import lightgbm as lgb
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import average_precision_score
d = pd.read_parquet("bids.parquet")
y = d.pop("won")
X_rest, X_test, y_rest, y_test = train_test_split(d, y, test_size=0.2, random_state=1)
X_train, X_valid, y_train, y_valid = train_test_split(X_rest, y_rest, test_size=0.2, random_state=1)
# %%
model = lgb.LGBMClassifier(n_estimators=4000)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], callbacks=[lgb.early_stopping(50)])
average_precision_score(y_test, model.predict_proba(X_test)[:, 1])
