# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
stroke = pd.read_csv("stroke.csv").dropna()
ill = stroke[stroke["stroke"] == 1]
well = stroke[stroke["stroke"] == 0]
ill_more = ill.sample(len(well), replace=True)  # leak: POC505
data = pd.concat([well, ill_more], axis=0)
# %%
X_train, X_test, y_train, y_test = train_test_split(data.drop("stroke", axis=1), data["stroke"], test_size=0.25)
rf = RandomForestClassifier().fit(X_train, y_train)
roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1])
