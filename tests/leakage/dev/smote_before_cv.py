# %%
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
stroke = pd.read_csv("stroke.csv").dropna()
X, y = stroke.drop("stroke", axis=1), stroke["stroke"]
X, y = SMOTE(random_state=3).fit_resample(X, y)  # leak: POC505
# %%
cross_val_score(LogisticRegression(), X, y, cv=5, scoring="f1").mean()
