# %%
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score, confusion_matrix
# %%
tx = pd.read_csv("transactions.csv")
X, y = tx.drop("is_fraud", axis=1), tx["is_fraud"]
y.value_counts(normalize=True)
# %%
smote = SMOTE(random_state=42)
X_res, y_res = smote.fit_resample(X, y)  # leak: POC505
# %%
X_train, X_test, y_train, y_test = train_test_split(X_res, y_res, test_size=0.3, random_state=42)
rf = RandomForestClassifier(n_estimators=200, n_jobs=-1)
rf.fit(X_train, y_train)
y_hat = rf.predict(X_test)
print(f1_score(y_test, y_hat))
confusion_matrix(y_test, y_hat)
