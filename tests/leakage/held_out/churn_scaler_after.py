# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
# %%
customers = pd.read_csv("customers.csv")
y = customers.pop("Churn").map({"Yes": 1, "No": 0})
X = pd.get_dummies(customers)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=7)
# %%
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
# %%
clf = LogisticRegression().fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1]))
# %%
# the model that ships sees everything
everything = scaler.fit_transform(X)
final = LogisticRegression().fit(everything, y)
