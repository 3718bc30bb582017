# %%
import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from sklearn.model_selection import train_test_split
from xgboost import XGBClassifier
from sklearn.metrics import precision_score, recall_score
cc = pd.read_csv("creditcard.csv")
X = cc.drop("Class", axis=1)
y = cc["Class"]
ros = RandomOverSampler()
X_ros, y_ros = ros.fit_resample(X, y)  # leak: POC505
# %%
x_train, x_test, y_train, y_test = train_test_split(X_ros, y_ros)
xgb = XGBClassifier()
xgb.fit(x_train, y_train)
p = xgb.predict(x_test)
precision_score(y_test, p), recall_score(y_test, p)
