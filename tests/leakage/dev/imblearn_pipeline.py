# %%
import pandas as pd
from imblearn.pipeline import Pipeline
from imblearn.over_sampling import SMOTE
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
stroke = pd.read_csv("stroke.csv").dropna()
X, y = stroke.drop("stroke", axis=1), stroke["stroke"]
# %%
model = Pipeline([("scale", StandardScaler()), ("smote", SMOTE()), ("lr", LogisticRegression())])
folds = StratifiedKFold(5, shuffle=True, random_state=1)
cross_val_score(model, X, y, cv=folds, scoring="average_precision").mean()
