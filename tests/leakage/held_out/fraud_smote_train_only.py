# %%
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
tx = pd.read_csv("transactions.csv")
X, y = tx.drop("is_fraud", axis=1), tx["is_fraud"]
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y)
X_train, y_train = SMOTE(random_state=42).fit_resample(X_train, y_train)
# %%
rf = RandomForestClassifier().fit(X_train, y_train)
print(f1_score(y_test, rf.predict(X_test)))
