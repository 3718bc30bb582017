# %%
import pandas as pd
from sklearn.experimental import enable_iterative_imputer
from sklearn.impute import IterativeImputer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
d = pd.read_csv("icu.csv")
numbers = d.select_dtypes("number")
# %%
filled = IterativeImputer(random_state=0).fit_transform(numbers)  # leak: POC501
filled = pd.DataFrame(filled, columns=numbers.columns, index=numbers.index)
X = filled.drop(columns="died")
y = filled["died"]
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y)
rf = RandomForestClassifier().fit(X_train, y_train)
roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1])
