# %%
import pandas as pd
from sklearn.preprocessing import LabelEncoder
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
hr = pd.read_csv("hr.csv")
le = LabelEncoder()
for column in ["department", "salary", "role"]:
    hr[column] = le.fit_transform(hr[column])
# %%
X_train, X_test, y_train, y_test = train_test_split(hr.drop("left", axis=1), hr["left"], test_size=0.2, random_state=1)
gb = GradientBoostingClassifier().fit(X_train, y_train)
roc_auc_score(y_test, gb.predict_proba(X_test)[:, 1])
